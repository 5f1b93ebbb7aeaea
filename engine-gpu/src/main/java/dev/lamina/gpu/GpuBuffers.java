package dev.lamina.gpu;

import dev.lamina.engine.model.Activation;

/** The device memory behind buffers, as some operations see it. */
@FunctionalInterface
interface GpuBuffers {
  GpuBuffer of(Activation activation);
}
