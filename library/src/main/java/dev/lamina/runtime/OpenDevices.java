package dev.lamina.runtime;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.Device;
import dev.lamina.engine.placement.Target;
import dev.lamina.runtime.Backends.Opened;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The devices that a model may use.
 *
 * @param targets the CPU, then the GPUs
 */
public record OpenDevices(List<Target> targets) implements AutoCloseable {
  private static final long SMALL_MODEL = 64L << 20;

  /** Opens only the CPU. */
  public static OpenDevices cpu(BackendOptions compute) {
    Opened cpu = Backends.open("cpu", compute);
    return new OpenDevices(List.of(new Target(cpu.device(), cpu.backend(), Long.MAX_VALUE)));
  }

  /**
   * Opens the CPU, and the requested GPUs or else those that are found. A GPU that cannot be used
   * is left out; if the user asked for it, a warning says why.
   *
   * @param modelBytes size of the model's weights: small models stay on the CPU if no GPU was
   *     requested, because starting a GPU takes longer than it saves
   * @throws DeviceException if a requested backend or device does not exist, or tensors were put on
   *     one that cannot be used
   */
  public static OpenDevices open(
      DeviceRequest request, BackendOptions compute, long modelBytes, Consumer<String> warnings) {
    OpenDevices cpu = cpu(compute);
    cpu.targets.getFirst().backend().warnings().forEach(warnings);
    if (!request.useful() || !request.wanted() && modelBytes < SMALL_MODEL) {
      return cpu;
    }
    List<Target> targets = new ArrayList<>(cpu.targets);
    try {
      for (Device gpu : gpus(request, warnings)) {
        add(targets, gpu, request, compute, warnings);
      }
    } catch (RuntimeException e) {
      new OpenDevices(targets).close();
      throw e;
    }
    return new OpenDevices(targets);
  }

  /** Number of GPUs among the devices. */
  public int gpus() {
    return targets.size() - 1;
  }

  private static List<Device> gpus(DeviceRequest request, Consumer<String> warnings) {
    List<Device> gpus =
        new ArrayList<>(
            request.named() == null
                ? found(request.wanted(), warnings)
                : named(request.named(), warnings));
    if (request.only() >= 0 && !gpus.isEmpty()) {
      if (request.only() >= gpus.size()) {
        throw new DeviceException(
            String.valueOf(request.only()),
            "there is no GPU number %d: there are %d, counted from 0"
                .formatted(request.only(), gpus.size()));
      }
      gpus = new ArrayList<>(List.of(gpus.get(request.only())));
    }
    for (String id : request.holding()) {
      if (gpus.stream().noneMatch(device -> device.id().equals(id))) {
        gpus.add(holding(id));
      }
    }
    return gpus;
  }

  /** Finds a device that tensors are put on by name; it is an error if it cannot be used. */
  private static Device holding(String id) {
    Backends backend = gpuBackend(id);
    String problem =
        backend.availability().usable()
            ? backend.find(id).problem()
            : backend.availability().reason();
    if (!problem.isEmpty()) {
      throw new DeviceException(
          id, "tensors are put on " + id + ", which cannot be used: " + problem);
    }
    return backend.find(id);
  }

  private static Backends gpuBackend(String id) {
    int colon = id.indexOf(':');
    String name = colon < 0 ? id : id.substring(0, colon);
    if (!Backends.gpuBackends().contains(name)) {
      throw new DeviceException(id, id + " is no GPU");
    }
    return Backends.probe(name);
  }

  private static List<Device> named(List<String> ids, Consumer<String> warnings) {
    List<Device> devices = new ArrayList<>();
    for (String id : ids) {
      Backends backend = gpuBackend(id);
      if (!backend.availability().usable()) {
        warnings.accept(id + " is not used: " + backend.availability().reason());
        continue;
      }
      Device device = backend.find(id);
      if (device.usable()) {
        devices.add(device);
      } else {
        warnings.accept(id + " is not used: " + device.problem());
      }
    }
    return devices;
  }

  /**
   * GPUs of the first backend that has any. If several drivers offer GPUs, only those of the first
   * driver.
   */
  private static List<Device> found(boolean wanted, Consumer<String> warnings) {
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
      warnings.accept("no GPU is used (" + String.join("; ", reasons) + ")");
    }
    return List.of();
  }

  private static void add(
      List<Target> targets,
      Device device,
      DeviceRequest request,
      BackendOptions compute,
      Consumer<String> warnings) {
    try {
      Backend backend = Backends.open(device, compute);
      targets.add(new Target(device, backend, request.budget().of(device)));
    } catch (BackendException e) {
      warnings.accept(device.id() + " is not used: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    targets.reversed().forEach(target -> target.backend().close());
  }
}
