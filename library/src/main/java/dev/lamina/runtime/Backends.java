package dev.lamina.runtime;

import dev.lamina.engine.backend.Availability;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.BackendProvider;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.Device;
import dev.lamina.gguf.Beside;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/**
 * A built-in backend and the devices that it finds on this machine.
 *
 * @param devices of the backend; empty if it is not available
 */
public record Backends(BackendProvider provider, Availability availability, List<Device> devices) {
  private static final String CPU = "cpu";
  private static volatile Beside<Backends> preparation;

  /** An opened device. */
  public record Opened(Device device, Backend backend) implements AutoCloseable {
    @Override
    public void close() {
      backend.close();
    }
  }

  /** Probes all backends, in the order of their names. */
  public static List<Backends> probeAll() {
    return providers().stream().map(Backends::probe).toList();
  }

  /**
   * Names of the GPU backends, the preferred one first: a vendor's backend before the general one.
   */
  public static List<String> gpuBackends() {
    return providers().stream()
        .map(BackendProvider::name)
        .filter(name -> !name.equals(CPU))
        .toList();
  }

  /**
   * Probes the backend of a name.
   *
   * @throws DeviceException if no backend has this name
   */
  public static Backends probe(String name) {
    return probe(provider(name));
  }

  /**
   * Opens a device by its id, such as {@code opencl:0}; a backend's name alone means its first
   * device.
   *
   * @throws DeviceException if there is no such device or it cannot be used; the message says why
   */
  public static Opened open(String id, BackendOptions options) {
    int colon = id.indexOf(':');
    Backends backend = probe(colon < 0 ? id : id.substring(0, colon));
    if (!backend.availability.usable()) {
      throw new DeviceException(
          id, "device " + id + " cannot be used: " + backend.availability.reason());
    }
    Device device = backend.find(colon < 0 ? id + ":0" : id);
    if (!device.usable()) {
      throw new DeviceException(id, "device " + id + " cannot be used: " + device.problem());
    }
    return new Opened(device, open(device, options));
  }

  /**
   * Kernels that a device can be opened with; only {@link CpuKernels#AUTO} if there is no choice.
   */
  public static List<CpuKernels> kernels(String id) {
    List<CpuKernels> kernels = provider(id.replaceFirst(":.*", "")).kernels();
    return kernels.isEmpty() ? List.of(CpuKernels.AUTO) : kernels;
  }

  /** Opens a device that was found. */
  public static Backend open(Device device, BackendOptions options) {
    return provider(device.backend()).open(device, options);
  }

  /**
   * Finds a device by its id.
   *
   * @throws DeviceException if there is no such device
   */
  public Device find(String id) {
    return devices.stream()
        .filter(device -> device.id().equals(id))
        .findFirst()
        .orElseThrow(() ->
            new DeviceException(
                id,
                "there is no device "
                    + id
                    + "; there are "
                    + String.join(", ", devices.stream().map(Device::id).toList())));
  }

  private static Backends probe(BackendProvider provider) {
    Availability availability = provider.probe();
    return new Backends(
        provider, availability, availability.usable() ? provider.devices() : List.of());
  }

  private static BackendProvider provider(String name) {
    return find(name, providers());
  }

  private static BackendProvider find(String name, List<BackendProvider> providers) {
    return providers.stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new DeviceException(
                name,
                "there is no backend '"
                    + name
                    + "'; there are "
                    + String.join(", ", providers.stream().map(BackendProvider::name).toList())));
  }

  /**
   * Starts to look at the CPU in a thread of its own. What that makes is made once in a process and
   * takes a tenth of a second: types of calls into machine code, and the classes of the backends. A
   * program that will open a model gains by calling this first. Whoever needs a backend waits for
   * the thread; a problem is reported where the backend is opened.
   */
  public static void prepare() {
    preparation = Beside.start("lamina-prepare", () -> probe(find(CPU, loadProviders())));
  }

  private static List<BackendProvider> providers() {
    Beside<Backends> running = preparation;
    if (running != null) {
      running.get();
    }
    return loadProviders();
  }

  private static List<BackendProvider> loadProviders() {
    List<BackendProvider> providers = new ArrayList<>();
    ServiceLoader.load(BackendProvider.class).forEach(providers::add);
    providers.sort(Comparator.comparing(BackendProvider::name));
    return providers;
  }
}
