/**
 * The GPU backends' common half: compiles operations into launches, over the small interface {@link
 * dev.lamina.gpu.GpuApi}.
 */
package dev.lamina.gpu;
