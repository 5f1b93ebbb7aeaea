package dev.lamina.kernels.device;

import dev.lamina.kernels.TensorType;
import java.util.Locale;

/**
 * A program for a device.
 *
 * @param name lower case, names files
 * @param source the whole text; the same one compiles as OpenCL C 1.2 and as CUDA C++
 */
public record DeviceProgram(String name, String source) {
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

  /** Names the program and the header that decodes the type. */
  static String headerName(TensorType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
