package dev.lamina.gpu;

import dev.lamina.kernels.device.Launch;

/** A kernel of a program with its arguments. Arguments keep their values from launch to launch. */
public interface GpuKernel extends GpuResource {
  GpuKernel set(int index, GpuBuffer value);

  GpuKernel set(int index, int value);

  GpuKernel set(int index, float value);

  /** Queues a launch; {@link Launch#kernel} must be this kernel. */
  void launch(Launch launch);
}
