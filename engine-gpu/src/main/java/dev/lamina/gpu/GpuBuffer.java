package dev.lamina.gpu;

/** Memory of a device, at an address that is a multiple of 16. */
public interface GpuBuffer extends GpuResource {
  long bytes();
}
