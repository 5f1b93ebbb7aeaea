package dev.lamina.cpu;

import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.engine.backend.Availability;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.BackendProvider;
import dev.lamina.engine.backend.Device;
import java.util.List;
import jdk.incubator.vector.FloatVector;

/** The CPU: always there. */
public final class CpuBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Availability probe() {
    return new Availability(
        true, "Vector API, " + FloatVector.SPECIES_PREFERRED.vectorBitSize() + " bit");
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
            "Vector API, " + FloatVector.SPECIES_PREFERRED.vectorBitSize() + " bit",
            memory.total(),
            memory.available(),
            List.of(),
            ""));
  }

  @Override
  public Backend open(Device device, BackendOptions options) {
    return new CpuBackend(
        options.threads(), options.repack(), MachineKernels.of(options.kernels()));
  }
}
