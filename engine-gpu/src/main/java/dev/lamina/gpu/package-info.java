/**
 * The common part of the GPU backends: compiles operations into launches, with the small interface
 * {@link dev.lamina.gpu.GpuApi}.
 */
package dev.lamina.gpu;
