/**
 * One class for each number format: the layout of its blocks and how they are dequantized, one
 * value after the other. These are the reference that all other kernels are tested against.
 */
package dev.lamina.kernels.format;
