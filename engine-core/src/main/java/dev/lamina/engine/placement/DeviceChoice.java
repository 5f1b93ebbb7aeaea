package dev.lamina.engine.placement;

import dev.lamina.engine.placement.PlacementException.Setting;
import java.util.Arrays;
import java.util.List;

/**
 * The devices that a user chose. {@code none}, {@code cpu} and {@code cpu:0} mean the CPU, which
 * always runs the operations that GPUs do not; {@code CUDA0} and {@code cuda:0} are the same
 * device, as are {@code opencl} and {@code opencl:0}.
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
   * Reads names separated by commas or slashes.
   *
   * @throws PlacementException if a name is empty or names a CPU other than {@code cpu:0}
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

  /** Whether the id names a CPU. */
  public static boolean isCpu(String id) {
    return id.startsWith("cpu:");
  }

  /** The ids of the GPUs; empty for the CPU alone. */
  public List<String> gpus() {
    return ids.stream().filter(id -> !isCpu(id)).toList();
  }
}
