package dev.lamina.gpu;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.device.DeviceProgram;
import java.util.HashMap;
import java.util.Map;

/** The kernels of a stack; each program is built at its first use. */
final class GpuKernels {
  private final GpuApi api;
  private final GpuResources resources;
  private final RuntimeConfig config;
  private final Map<String, GpuProgram> programs = new HashMap<>();

  GpuKernels(GpuApi api, GpuResources resources, RuntimeConfig config) {
    this.api = api;
    this.resources = resources;
    this.config = config;
  }

  GpuKernel weights(TensorType type, String kernel) {
    return kernel(DeviceProgram.forWeights(type), kernel);
  }

  GpuKernel ops(String kernel) {
    return kernel(DeviceProgram.ops(), kernel);
  }

  GpuKernel attention(String kernel) {
    return kernel(DeviceProgram.attention(config.keyType(), config.valueType()), kernel);
  }

  private GpuKernel kernel(DeviceProgram program, String kernel) {
    GpuProgram built = programs.get(program.name());
    if (built == null) {
      built = resources.add(api.build(program));
      programs.put(program.name(), built);
    }
    return resources.add(built.kernel(kernel));
  }
}
