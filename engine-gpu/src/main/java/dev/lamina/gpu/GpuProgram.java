package dev.lamina.gpu;

/** A program built for a device. */
public interface GpuProgram extends GpuResource {
  /** A kernel with arguments of its own. */
  GpuKernel kernel(String name);
}
