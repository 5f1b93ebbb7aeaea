/** The grids of the I-quants, read from text files. */
package dev.lamina.kernels.codebook;
