/**
 * Quantizers: one for each number format, from float32 to blocks. {@link
 * dev.lamina.kernels.quantize.Quantizers} lists them.
 */
package dev.lamina.kernels.quantize;
