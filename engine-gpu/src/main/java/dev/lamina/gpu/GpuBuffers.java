package dev.lamina.gpu;

import dev.lamina.engine.model.Activation;

/** Maps activation buffers to device memory for some operations. */
@FunctionalInterface
interface GpuBuffers {
  GpuBuffer of(Activation activation);
}
