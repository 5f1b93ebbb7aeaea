package dev.lamina.cli;

import dev.lamina.cli.arguments.LlamaOption;
import dev.lamina.cli.arguments.LlamaOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.OptionSpec;

/** Random options of a command, its own and llama.cpp's, with random values. */
final class RandomLines {
  /** The name of a log, if one is asked for. */
  static final String LOG = "log.txt";

  /** With these, stack traces are shown. */
  private static final Set<String> VERBOSE = Set.of("-v", "-lv");

  private static final Set<String> WRITTEN = Set.of("--output", "--plot", "--save");

  private static final List<String> NUMBERS =
      List.of(
          "0",
          "1",
          "2",
          "3",
          "8",
          "64",
          "0.5",
          "1.0",
          "-1",
          "-2",
          "1e-9",
          "2147483647",
          "nan",
          "99999999999",
          "-0.0",
          "1e30",
          "");

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "x",
          "auto",
          "none",
          "cpu",
          "gpu",
          "on",
          "off",
          "all",
          "0",
          "1,2",
          "1-3",
          "a=b",
          "general.name=str:x",
          "qwen2.context_length=int:0",
          "qwen2.attention.head_count=int:-1",
          "qwen2.rope.freq_base=float:nan",
          "tokenizer.ggml.tokens=str:x",
          "blk\\.0\\..*=cpu",
          "*[(",
          "2045+1",
          "99999-inf",
          "top_k;temperature",
          "kt",
          "Q4_K",
          "q8_0",
          "{\"a\": 1}",
          "[",
          "{{ messages }}",
          "{% for",
          "\\n\\x",
          "chatml",
          "User:",
          "é😀\u0000",
          "-",
          "--",
          "@x",
          "%s%n",
          "5G",
          "1M");

  private final Path folder;
  private final List<OptionSpec> own;
  private final List<LlamaOption> llama;

  RandomLines(String command, Path folder) {
    this.folder = folder;
    own =
        CommandLines.create(Cli.console(), command)
            .getSubcommands()
            .get(command)
            .getCommandSpec()
            .options()
            .stream()
            .filter(option -> !option.usageHelp() && !option.versionHelp())
            .filter(option -> !option.longestName().equals("--verbose"))
            .toList();
    llama =
        LlamaOptions.of(command).all().stream()
            .filter(option -> option.spellings().noneMatch(VERBOSE::contains))
            .toList();
  }

  /** One to six options with values. */
  List<String> next(Random random) {
    List<String> words = new ArrayList<>();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      if (!own.isEmpty() && (llama.isEmpty() || random.nextInt(3) > 0)) {
        addOwn(words, own.get(random.nextInt(own.size())), random);
      } else if (!llama.isEmpty()) {
        addLlama(words, llama.get(random.nextInt(llama.size())), random);
      }
    }
    return words;
  }

  private void addOwn(List<String> words, OptionSpec option, Random random) {
    String name = option.names()[random.nextInt(option.names().length)];
    words.add(name);
    if (option.arity().max() == 0) {
      return;
    }
    Class<?> type =
        option.isMultiValue()
            ? option.typeInfo().getAuxiliaryTypes()[0]
            : option.typeInfo().getType();
    boolean written = Stream.of(option.names()).anyMatch(WRITTEN::contains);
    if (type == Path.class) {
      words.add(written ? folder.resolve("out" + random.nextInt(2)).toString() : file(random));
    } else if (option.completionCandidates() != null && random.nextInt(5) > 0) {
      List<String> candidates = new ArrayList<>();
      option.completionCandidates().forEach(candidates::add);
      words.add(pick(candidates, random));
    } else if (type == String.class || type.isEnum()) {
      words.add(text(random));
    } else {
      words.add(pick(NUMBERS, random));
    }
  }

  private void addLlama(List<String> words, LlamaOption option, Random random) {
    String name = pick(option.spellings().toList(), random);
    words.add(name);
    for (String value : option.value().isEmpty() ? new String[0] : option.value().split(" ")) {
      String plain = value.replaceAll("[\\[\\]]", "");
      if (name.contains("log")) {
        words.add(folder.resolve(LOG).toString());
      } else if (plain.contains("FILE") || plain.contains("PATH") || plain.contains("FNAME")) {
        words.add(file(random));
      } else if (plain.contains("/") && random.nextBoolean()) {
        words.add(pick(List.of(plain.split("/")), random));
      } else {
        words.add(plain.startsWith("N") ? pick(NUMBERS, random) : text(random));
      }
    }
  }

  private static String text(Random random) {
    return pick(random.nextInt(4) == 0 ? NUMBERS : TEXTS, random);
  }

  /** All but the largest file, which takes a minute as a text. */
  private String file(Random random) {
    List<String> names =
        List.of(
            "model.gguf",
            "part-00001-of-00002.gguf",
            "part-00002-of-00002.gguf",
            "im.gguf",
            "im.dat",
            "base.kld",
            "known.json",
            "quality.csv",
            "chat.json",
            "chat.jinja",
            "types.txt",
            "text.txt",
            "choices.bin",
            "reference.json",
            "missing",
            ".",
            "a".repeat(300),
            "model.gguf/x");
    return switch (random.nextInt(12)) {
      case 0 -> "/dev/null";
      case 1 -> "/dev/zero";
      default -> folder.resolve(pick(names, random)).toString();
    };
  }

  private static <T> T pick(List<T> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }
}
