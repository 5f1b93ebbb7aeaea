package dev.lamina.cli;

import dev.lamina.engine.backend.Availability;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.BackendProvider;
import dev.lamina.engine.backend.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * The backends that are built in and what they find on this machine.
 *
 * @param devices of the backend; none where it is not available
 */
record Backends(BackendProvider provider, Availability availability, List<Device> devices) {

  /** Looks at all of them, in the order of their names. */
  static List<Backends> probeAll() {
    List<Backends> found = new ArrayList<>();
    for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
      found.add(probe(provider));
    }
    found.sort((a, b) -> a.provider.name().compareTo(b.provider.name()));
    return found;
  }

  /**
   * A device by its id, such as {@code opencl:0}; a backend's name alone means its first.
   *
   * @throws CliException if there is no such device or it cannot be used; the message says why
   */
  static Opened open(String id, int threads) {
    int colon = id.indexOf(':');
    String name = colon < 0 ? id : id.substring(0, colon);
    List<String> names = new ArrayList<>();
    for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
      names.add(provider.name());
      if (provider.name().equals(name)) {
        Backends backend = probe(provider);
        if (!backend.availability.usable()) {
          throw new CliException(
              "device " + id + " cannot be used: " + backend.availability.reason());
        }
        Device device = backend.device(id, colon < 0 ? "0" : id.substring(colon + 1));
        return new Opened(device, provider.open(device, new BackendOptions(threads)));
      }
    }
    throw new CliException(
        "there is no backend '" + name + "'; there are " + String.join(", ", names));
  }

  /** An opened device. */
  record Opened(Device device, Backend backend) implements AutoCloseable {
    @Override
    public void close() {
      backend.close();
    }
  }

  private static Backends probe(BackendProvider provider) {
    Availability availability = provider.probe();
    return new Backends(
        provider, availability, availability.usable() ? provider.devices() : List.of());
  }

  private Device device(String id, String index) {
    Device device =
        devices.stream()
            .filter(d -> Integer.toString(d.index()).equals(index))
            .findFirst()
            .orElseThrow(() ->
                new CliException(
                    "there is no device "
                        + id
                        + "; there are "
                        + String.join(", ", devices.stream().map(Device::id).toList())));
    if (!device.usable()) {
      throw new CliException("device " + id + " cannot be used: " + device.problem());
    }
    return device;
  }
}
