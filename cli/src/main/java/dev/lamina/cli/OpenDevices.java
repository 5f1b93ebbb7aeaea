package dev.lamina.cli;

import dev.lamina.cli.Backends.Opened;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.Device;
import dev.lamina.engine.placement.MemoryBudget;
import dev.lamina.engine.placement.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * The devices that a run may use.
 *
 * @param targets the CPU, then the GPUs
 */
record OpenDevices(List<Target> targets) implements AutoCloseable {
  private static final long SMALL_MODEL = 64L << 20;

  /** The CPU and nothing else. */
  static OpenDevices cpu(BackendOptions compute) {
    Opened cpu = Backends.open("cpu", compute);
    return new OpenDevices(List.of(new Target(cpu.device(), cpu.backend(), Long.MAX_VALUE)));
  }

  /**
   * The CPU, and the GPUs that were named or else found. One that cannot be used is left out, with
   * a line that says why if the user wanted it.
   *
   * @param modelBytes size of the model's weights: small ones stay on the CPU if no GPU was asked
   *     for, since to start a GPU takes longer than they gain
   * @throws CliException if a backend or device that was named does not exist, or tensors were put
   *     on one that cannot be used
   */
  static OpenDevices open(
      Console console, DeviceOptions options, BackendOptions compute, long modelBytes) {
    OpenDevices cpu = cpu(compute);
    if (!options.mayUseGpus() || !options.wantsGpu() && modelBytes < SMALL_MODEL) {
      return cpu;
    }
    List<Target> targets = new ArrayList<>(cpu.targets);
    try {
      gpus(console, options)
          .forEach(device -> add(console, targets, device, options.budget(), compute));
    } catch (RuntimeException e) {
      new OpenDevices(targets).close();
      throw e;
    }
    return new OpenDevices(targets);
  }

  private static List<Device> gpus(Console console, DeviceOptions options) {
    List<String> ids = options.named();
    List<Device> gpus =
        new ArrayList<>(ids == null ? found(console, options.wantsGpu()) : named(console, ids));
    if (options.usesOneGpu() && !gpus.isEmpty()) {
      if (options.oneGpu() >= gpus.size()) {
        throw new CliException(
            "-mg is %d, but there are %d GPUs, from 0".formatted(options.oneGpu(), gpus.size()));
      }
      gpus = new ArrayList<>(List.of(gpus.get(options.oneGpu())));
    }
    if (options.cutsLayers() && gpus.size() > 1) {
      warn(console, "layers are not cut yet; they are divided, as with --split-mode layer");
    }
    for (String id : options.overriding()) {
      if (gpus.stream().noneMatch(device -> device.id().equals(id))) {
        gpus.add(overriding(id));
      }
    }
    return gpus;
  }

  /** A device that tensors were put on, which is an error if they cannot be. */
  private static Device overriding(String id) {
    String name = id.substring(0, id.indexOf(':'));
    if (!Backends.gpuBackends().contains(name)) {
      throw new CliException(
          "--override-tensor names " + id + "; `lamina devices` lists the devices that there are");
    }
    Backends backend = Backends.probe(name);
    String problem =
        backend.availability().usable()
            ? backend.find(id).problem()
            : backend.availability().reason();
    if (!problem.isEmpty()) {
      throw new CliException(
          "--override-tensor names " + id + ", which cannot be used: " + problem);
    }
    return backend.find(id);
  }

  private static List<Device> named(Console console, List<String> ids) {
    List<Device> devices = new ArrayList<>();
    for (String id : ids) {
      String name = id.substring(0, id.indexOf(':'));
      if (!Backends.gpuBackends().contains(name)) {
        throw new CliException(
            "--device " + id + " is no GPU; `lamina devices` lists those that there are");
      }
      Backends backend = Backends.probe(name);
      if (!backend.availability().usable()) {
        warn(console, id + " is not used: " + backend.availability().reason());
        continue;
      }
      Device device = backend.find(id);
      if (device.usable()) {
        devices.add(device);
      } else {
        warn(console, id + " is not used: " + device.problem());
      }
    }
    return devices;
  }

  /** GPUs of the first backend that has any; of several drivers for them, the first one's. */
  private static List<Device> found(Console console, boolean wanted) {
    List<String> reasons = new ArrayList<>();
    for (String name : Backends.gpuBackends()) {
      Backends backend = Backends.probe(name);
      List<Device> gpus =
          backend.devices().stream().filter(d -> d.kind() == Device.Kind.GPU).toList();
      List<Device> usable = gpus.stream().filter(Device::usable).toList();
      if (!usable.isEmpty()) {
        String driver = usable.getFirst().driver();
        return usable.stream().filter(device -> device.driver().equals(driver)).toList();
      }
      String reason =
          !backend.availability().usable()
              ? backend.availability().reason()
              : gpus.isEmpty() ? "no GPU" : gpus.getFirst().problem();
      reasons.add(name + ": " + reason);
    }
    if (wanted) {
      warn(console, "no GPU is used (" + String.join("; ", reasons) + ")");
    }
    return List.of();
  }

  private static void add(
      Console console,
      List<Target> targets,
      Device device,
      MemoryBudget budget,
      BackendOptions compute) {
    try {
      Backend backend = Backends.open(device, compute);
      targets.add(new Target(device, backend, budget.of(device)));
    } catch (BackendException e) {
      warn(console, device.id() + " is not used: " + e.getMessage());
    }
  }

  static void warn(Console console, String line) {
    console.err().println("warning: " + SafeText.oneLine(line));
  }

  @Override
  public void close() {
    targets.reversed().forEach(target -> target.backend().close());
  }
}
