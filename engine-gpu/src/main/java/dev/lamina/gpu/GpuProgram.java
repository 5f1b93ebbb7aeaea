package dev.lamina.gpu;

/** A program built for a device. */
public interface GpuProgram extends GpuResource {
  /** Makes a kernel with its own arguments. */
  GpuKernel kernel(String name);
}
