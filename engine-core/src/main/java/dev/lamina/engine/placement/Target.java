package dev.lamina.engine.placement;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Device;
import java.util.List;

/**
 * A device that operations can be placed on.
 *
 * @param backend the opened device
 * @param budget bytes of its memory that may be used; {@link Long#MAX_VALUE} for no limit
 */
public record Target(Device device, Backend backend, long budget) {
  /** The target of a session with a single device. */
  public static Target only(Backend backend) {
    Device device = new Device("device", 0, Device.Kind.CPU, "", "", "", 0, 0, List.of(), "");
    return new Target(device, backend, Long.MAX_VALUE);
  }

  public String id() {
    return device.id();
  }
}
