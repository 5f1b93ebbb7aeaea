package dev.lamina.cli;

import dev.lamina.engine.gguf.KeyOverride;
import dev.lamina.engine.gguf.ValueType;
import dev.lamina.engine.quantize.QuantizeOptions;
import dev.lamina.engine.quantize.QuantizeType;
import dev.lamina.engine.quantize.TypeOptions;
import dev.lamina.engine.quantize.TypeOverride;
import dev.lamina.kernels.TensorType;
import java.util.List;
import picocli.CommandLine.Option;

/** llama-quantize's options. */
final class QuantizeFlags {
  @Option(names = "--pure", description = "give all matrices the same type instead of a mix")
  private boolean pure;

  @Option(
      names = "--allow-requantize",
      description = "quantise again what is quantised already, which loses more quality")
  private boolean allowRequantize;

  @Option(names = "--leave-output-tensor", description = "keep output.weight as it is")
  private boolean leaveOutput;

  @Option(
      names = "--output-tensor-type",
      paramLabel = "TYPE",
      description = "type of output.weight, such as q8_0")
  private String outputType;

  @Option(
      names = "--token-embedding-type",
      paramLabel = "TYPE",
      description = "type of the token embedding")
  private String embeddingType;

  @Option(
      names = "--tensor-type",
      paramLabel = "NAME=TYPE",
      description =
          "type of the matrices in whose names this regular expression is found, such as attn_v=q6_k; may be given several times, the first that fits counts")
  private List<String> tensorTypes = List.of();

  @Option(
      names = "--keep-split",
      description = "write as many parts as were read, with the same tensors")
  private boolean keepSplit;

  @Option(
      names = "--split-max-size",
      paramLabel = "SIZE",
      description = "split the result in parts of at most this size, such as 50G or 500M")
  private String splitMaxSize;

  @Option(
      names = "--override-kv",
      paramLabel = "KEY=TYPE:VALUE",
      description = "set metadata; the type is int, float, bool or str; may be given several times")
  private List<String> overrideKv = List.of();

  /**
   * @throws IllegalArgumentException if an option is malformed; the message names it
   */
  QuantizeOptions options(QuantizeType type) {
    if (keepSplit && splitMaxSize != null) {
      throw new IllegalArgumentException("--keep-split and --split-max-size exclude each other");
    }
    TypeOptions types =
        new TypeOptions(
            type,
            pure,
            leaveOutput,
            type("--output-tensor-type", outputType),
            type("--token-embedding-type", embeddingType),
            tensorTypes.stream().map(TypeOverride::parse).toList());
    return new QuantizeOptions(
        types,
        null,
        null,
        allowRequantize,
        keepSplit,
        splitMaxSize == null ? 0 : OutputFiles.size("--split-max-size", splitMaxSize),
        keys());
  }

  private List<KeyOverride> keys() {
    List<KeyOverride> keys =
        overrideKv.stream().flatMap(text -> KeyOverride.parseAll(text).stream()).toList();
    for (KeyOverride key : keys) {
      if (key.type() == ValueType.I64) { // readers expect the u32 that converters write
        throw new IllegalArgumentException(
            "key '" + key.key() + "': " + key.value() + ", expected a number from 0 to 4294967295");
      }
    }
    return keys;
  }

  private static TensorType type(String option, String name) {
    try {
      return name == null ? null : TypeOverride.type(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }
}
