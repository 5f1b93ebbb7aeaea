package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.KeyOverride;
import dev.lamina.gguf.ValueType;
import dev.lamina.kernels.TensorType;
import dev.lamina.quantize.QuantizeOptions;
import dev.lamina.quantize.QuantizeType;
import dev.lamina.quantize.TypeOptions;
import dev.lamina.quantize.TypeOverride;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine.Model.OptionSpec;

/** llama-quantize's options. */
final class QuantizeFlags implements OptionHolder {
  private static final String TOKEN_ID = "_token_id";

  /** The unsigned form of -1 for a token's number: there is no token. */
  private static final long NO_TOKEN = 0xFFFF_FFFFL;

  private boolean pure;
  private boolean allowRequantize;
  private boolean leaveOutput;
  private String outputType;
  private String embeddingType;
  private List<String> tensorTypes = List.of();
  private List<Path> tensorTypeFiles = List.of();
  private List<String> prunedLayers = List.of();
  private boolean keepSplit;
  private String splitMaxSize;
  private List<String> overrideKv = List.of();

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("--pure")
            .description("give all matrices the same type instead of a mix"),
        boolean.class,
        value -> pure = value);
    options.add(
        OptionSpec.builder("--allow-requantize")
            .description("quantize again what is quantized already, which loses more quality"),
        boolean.class,
        value -> allowRequantize = value);
    options.add(
        OptionSpec.builder("--leave-output-tensor").description("keep output.weight as it is"),
        boolean.class,
        value -> leaveOutput = value);
    options.add(
        OptionSpec.builder("--output-tensor-type")
            .paramLabel("TYPE")
            .description("type of output.weight, such as q8_0"),
        String.class,
        value -> outputType = value);
    options.add(
        OptionSpec.builder("--token-embedding-type")
            .paramLabel("TYPE")
            .description("type of the token embedding"),
        String.class,
        value -> embeddingType = value);
    options.addList(
        OptionSpec.builder("--tensor-type")
            .paramLabel("NAME=TYPE")
            .description(
                "type of the matrices in whose names this regular expression is found, such as attn_v=q6_k; may be given several times, the first that fits counts"),
        String.class,
        value -> tensorTypes = value);
    options.addList(
        OptionSpec.builder("--tensor-type-file")
            .paramLabel("FILE")
            .description(
                "file of such rules, separated by spaces or newlines; they count after those of --tensor-type"),
        Path.class,
        value -> tensorTypeFiles = value);
    options.addList(
        OptionSpec.builder("--prune-layers")
            .paramLabel("N,N")
            .hideParamSyntax(true)
            .splitRegex(",")
            .description("leave these layers out, counting from 0; the others move up"),
        String.class,
        value -> prunedLayers = value);
    options.add(
        OptionSpec.builder("--keep-split")
            .description("write as many parts as were read, with the same tensors"),
        boolean.class,
        value -> keepSplit = value);
    options.add(
        OptionSpec.builder("--split-max-size")
            .paramLabel("SIZE")
            .description("split the result in parts of at most this size, such as 50G or 500M"),
        String.class,
        value -> splitMaxSize = value);
    options.addList(
        OptionSpec.builder("--override-kv")
            .paramLabel("KEY=TYPE:VALUE")
            .description(
                "set metadata; the type is int, float, bool or str; may be given several times"),
        String.class,
        value -> overrideKv = value);
  }

  /**
   * The options of the quantization.
   *
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
            tensorRules());
    return new QuantizeOptions(
        types,
        null,
        null,
        allowRequantize,
        keepSplit,
        splitMaxSize == null ? 0 : OutputFiles.size("--split-max-size", splitMaxSize),
        keys(),
        prunedLayers());
  }

  private List<KeyOverride> keys() {
    return overrideKv.stream()
        .flatMap(text -> KeyOverride.parseAll(text).stream())
        .map(QuantizeFlags::written)
        .toList();
  }

  /** The value in the form of converters: a token's number as u32, -1 too. */
  private static KeyOverride written(KeyOverride key) {
    return key.key().endsWith(TOKEN_ID) && key.value().equals(-1L)
        ? new KeyOverride(key.key(), ValueType.U32, NO_TOKEN)
        : key;
  }

  private List<TypeOverride> tensorRules() {
    List<TypeOverride> rules = new ArrayList<>();
    tensorTypes.forEach(text -> rules.add(TypeOverride.parse(text)));
    for (Path file : tensorTypeFiles) {
      for (String rule : TextInput.readFile(file).strip().split("\\s+")) {
        if (!rule.isEmpty()) {
          rules.add(rule(file, rule));
        }
      }
    }
    return rules;
  }

  private static TypeOverride rule(Path file, String text) {
    try {
      return TypeOverride.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private SortedSet<Integer> prunedLayers() {
    SortedSet<Integer> layers = new TreeSet<>();
    for (String text : prunedLayers) {
      if (!text.strip().matches("[0-9]{1,9}")) {
        throw new IllegalArgumentException(
            "--prune-layers has '" + text + "', expected numbers of layers, such as 10,11");
      }
      layers.add(Integer.parseInt(text.strip()));
    }
    return layers;
  }

  private static TensorType type(String option, String name) {
    try {
      return name == null ? null : TypeOverride.type(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
    }
  }
}
