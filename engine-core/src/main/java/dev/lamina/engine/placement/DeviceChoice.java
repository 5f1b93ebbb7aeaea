package dev.lamina.engine.placement;

import dev.lamina.engine.placement.PlacementException.Setting;
import java.util.Arrays;
import java.util.List;

/**
 * Devices that a user names. {@code none}, {@code cpu} and {@code cpu:0} mean the CPU, which always
 * computes what GPUs do not; {@code CUDA0} and {@code cuda:0} are one, as are {@code opencl} and
 * {@code opencl:0}.
 *
 * @param ids such as {@code cpu:0} and {@code cuda:0}, each once
 */
public record DeviceChoice(List<String> ids) {
  private static final String CPU = "cpu:0";
  private static final String NONE = "none:0";

  public DeviceChoice {
    ids = List.copyOf(ids);
  }

  /**
   * Reads names with commas or slashes between them.
   *
   * @throws PlacementException if a name is empty or that of another CPU
   */
  public static DeviceChoice parse(String text) {
    List<String> ids =
        Arrays.stream(text.split("[,/]", -1)).map(DeviceChoice::id).distinct().toList();
    return new DeviceChoice(ids);
  }

  private static String id(String name) {
    if (name.isBlank()) {
      throw new PlacementException(
          Setting.DEVICES, "a name is empty; expected some such as cuda:0,opencl:1, or none");
    }
    String id = TensorOverride.deviceId(name);
    if (id.equals(NONE)) {
      return CPU;
    }
    if (isCpu(id) && !id.equals(CPU)) {
      throw new PlacementException(
          Setting.DEVICES, "there is no device " + id + "; all processors are cpu:0");
    }
    return id;
  }

  /** Whether the id is that of a CPU. */
  public static boolean isCpu(String id) {
    return id.startsWith("cpu:");
  }

  /** The ids without the CPU's: none for the CPU alone. */
  public List<String> gpus() {
    return ids.stream().filter(id -> !isCpu(id)).toList();
  }
}
