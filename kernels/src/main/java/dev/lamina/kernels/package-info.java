/**
 * Number formats and the programs for devices. {@link dev.lamina.kernels.TensorType} lists the
 * types of tensors. Knows no model and no backend.
 */
package dev.lamina.kernels;
