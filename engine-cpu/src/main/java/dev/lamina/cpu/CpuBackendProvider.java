package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedInput;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.cpu.system.VectorModule;
import dev.lamina.engine.backend.Availability;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.BackendProvider;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.Device;
import java.util.List;
import java.util.stream.Stream;

/** The provider of the CPU backend, which is always available. */
public final class CpuBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Availability probe() {
    String problem = MachineKernels.problem();
    return new Availability(
        true, description(), problem.isEmpty() ? List.of() : List.of("machine code: " + problem));
  }

  @Override
  public List<Device> devices() {
    MemoryInfo memory = MemoryInfo.read();
    return List.of(
        new Device(
            name(),
            0,
            Device.Kind.CPU,
            "CPU",
            "",
            description(),
            memory.total(),
            memory.available(),
            List.of(),
            ""));
  }

  @Override
  public List<CpuKernels> kernels() {
    return Stream.concat(MachineKernels.available().stream(), Stream.of(CpuKernels.VECTOR))
        .toList();
  }

  private String description() {
    CpuKernels best = kernels().getFirst();
    if (best != CpuKernels.VECTOR) {
      return best.title();
    }
    VectorModule.load();
    return best.title() + ", " + PackedInput.vectorBits() + " bit";
  }

  @Override
  public Backend open(Device device, BackendOptions options) {
    return new CpuBackend(
        options.threads(),
        options.placement(),
        options.repack(),
        MachineKernels.of(options.kernels()));
  }
}
