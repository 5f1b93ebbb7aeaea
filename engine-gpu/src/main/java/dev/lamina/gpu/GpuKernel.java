package dev.lamina.gpu;

import dev.lamina.kernels.device.Launch;

/** A kernel of a program with its arguments, which stay as they are set from launch to launch. */
public interface GpuKernel extends GpuResource {
  GpuKernel set(int index, GpuBuffer value);

  GpuKernel set(int index, int value);

  GpuKernel set(int index, float value);

  /** Queues it; {@link Launch#kernel} is this kernel. */
  void launch(Launch launch);
}
