package dev.lamina.kernels.device;

import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * A program for a device.
 *
 * @param name lower case, names files
 * @param source the whole text; the same one compiles as OpenCL C 1.2 and as CUDA C++
 */
public record DeviceProgram(String name, String source) {
  /**
   * The program of matrix products and row look-ups with weights of a type: the kernels of {@link
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

  /**
   * The program of everything but matrix products and attention: the kernels of {@link OpsKernels}.
   */
  public static DeviceProgram ops() {
    return new DeviceProgram("ops", OpsKernels.source());
  }

  /**
   * The program of attention over a KV cache: the kernels of {@link AttentionKernels}.
   *
   * @throws IllegalArgumentException if there are no {@linkplain AttentionKernels#supports kernels}
   *     for a type
   */
  public static DeviceProgram attention(TensorType keyType, TensorType valueType) {
    return new DeviceProgram(
        "attention_" + headerName(keyType) + "_" + headerName(valueType),
        AttentionKernels.source(keyType, valueType));
  }

  /** All programs. */
  public static List<DeviceProgram> all() {
    List<DeviceProgram> programs = new ArrayList<>();
    for (TensorType type : TensorType.values()) {
      if (type.holdsWeights()) {
        programs.add(forWeights(type));
      }
    }
    programs.add(ops());
    for (TensorType keys : AttentionKernels.CACHE_TYPES) {
      for (TensorType values : AttentionKernels.CACHE_TYPES) {
        programs.add(attention(keys, values));
      }
    }
    return programs;
  }

  /**
   * The program as PTX for compute capability 7.5 and newer, compiled from the source by {@code
   * tools/ptx.sh}. Its first line is a comment with the SHA-256 of the source.
   */
  public String ptx() {
    try (InputStream in = DeviceProgram.class.getResourceAsStream("ptx/" + name + ".ptx.gz")) {
      if (in == null) {
        throw new IllegalStateException("no PTX of program " + name);
      }
      return new String(new GZIPInputStream(in).readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the PTX of program " + name, e);
    }
  }

  /** Names the program and the header that dequantizes the type. */
  static String headerName(TensorType type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
