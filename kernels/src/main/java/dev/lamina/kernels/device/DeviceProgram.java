package dev.lamina.kernels.device;

import dev.lamina.kernels.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A program for a device.
 *
 * @param name lower case, names files
 * @param source the whole text; the same one compiles as OpenCL C 1.2 and as CUDA C++
 */
public record DeviceProgram(String name, String source) {
  private static final List<TensorType> CACHE_TYPES =
      List.of(TensorType.F32, TensorType.F16, TensorType.Q8_0);

  /**
   * The products with weights of a type, and the look-up of rows: the kernels of {@link
   * WeightKernels}.
   *
   * @throws IllegalArgumentException if matrices do not have this type
   */
  public static DeviceProgram forWeights(TensorType type) {
    if (!type.holdsWeights()) {
      throw new IllegalArgumentException("no weights have type " + type);
    }
    return new DeviceProgram(headerName(type), WeightKernels.source(type));
  }

  /** Everything but products and attention: the kernels of {@link OpsKernels}. */
  public static DeviceProgram ops() {
    return new DeviceProgram("ops", OpsKernels.source());
  }

  /**
   * Attention over a KV cache: the kernels of {@link AttentionKernels}.
   *
   * @throws IllegalArgumentException if a type is not F32, F16 or Q8_0
   */
  public static DeviceProgram attention(TensorType keyType, TensorType valueType) {
    return new DeviceProgram(
        "attention_" + headerName(keyType) + "_" + headerName(valueType),
        AttentionKernels.source(keyType, valueType));
  }

  /** All programs that there are. */
  public static List<DeviceProgram> all() {
    List<DeviceProgram> programs = new ArrayList<>();
    for (TensorType type : TensorType.values()) {
      if (type.holdsWeights()) {
        programs.add(forWeights(type));
      }
    }
    programs.add(ops());
    for (TensorType keys : CACHE_TYPES) {
      for (TensorType values : CACHE_TYPES) {
        programs.add(attention(keys, values));
      }
    }
    return programs;
  }

  /** Names the program and the header that decodes the type. */
  static String headerName(TensorType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
