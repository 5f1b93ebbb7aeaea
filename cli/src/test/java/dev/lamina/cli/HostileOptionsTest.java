package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Absurd numbers for all numeric options of all commands, absurd lists of them, and random command
 * lines from all options.
 */
@DisabledOnOs(OS.WINDOWS)
@Tag("quality")
class HostileOptionsTest {
  private static final List<String> NUMBERS =
      Hostile.LONG
          ? List.of(
              "0",
              "-1",
              "-2",
              "1",
              "2147483647",
              "-2147483648",
              "4294967295",
              "9223372036854775807",
              "99999999999999999999",
              "1e308",
              "-1e308",
              "1e-45",
              "nan",
              "inf",
              "-inf",
              "",
              "x")
          : List.of("0", "2147483647", "-2147483648", "nan");

  private static final List<String> LISTS =
      Hostile.LONG
          ? List.of(
              "1,x,3",
              "1-2147483647",
              "1-999999999",
              "3-1",
              "1-9*0",
              "1-9*1",
              "1-9+0",
              "1-999999999*999999999",
              ",",
              "1,,2",
              "-5",
              "1,-5",
              "2147483647",
              "99999999999",
              "nan",
              "",
              " ",
              "1;2",
              "0",
              "-1",
              "0-1",
              "1.5",
              "1,1,1")
          : List.of("1,x,3", "1-2147483647", "2147483647", "");

  private static final List<String> KEYS =
      List.of(
          "general.alignment",
          "qwen2.attention.key_length",
          "qwen2.attention.value_length",
          "qwen2.attention.scale",
          "qwen2.attention.causal",
          "qwen2.rope.dimension_count",
          "qwen2.rope.scaling.type",
          "qwen2.rope.scaling.factor",
          "qwen2.rope.scaling.original_context_length",
          "qwen2.pooling_type",
          "qwen2.vocab_size",
          "qwen2.expert_count",
          "general.sampling.top_k",
          "general.sampling.temp",
          "general.sampling.sequence",
          "tokenizer.ggml.eot_token_id",
          "tokenizer.ggml.suppress_tokens",
          "tokenizer.chat_template",
          "split.count",
          "split.no");

  private static final List<String> VALUES =
      Hostile.LONG
          ? List.of(
              "int:0",
              "int:1",
              "int:3",
              "int:-1",
              "int:2147483647",
              "int:-9223372036854775808",
              "int:9223372036854775807",
              "float:nan",
              "float:-1",
              "float:0",
              "float:1e30",
              "bool:true",
              "bool:false",
              "str:",
              "str:x")
          : List.of("int:-1", "str:x");

  /** Each line of these takes a second. */
  private static final Set<String> COSTLY = Set.of("quality", "choose", "doctor");

  /** Options that take as long as their number says. */
  private static final Set<String> ASKS_FOR_TIME = Set.of("--repetitions", "--delay");

  /** Ends of random lines that keep them short. */
  private static final Map<String, String> ENDS =
      Map.of(
          "run", " -n 2",
          "chat", " -n 2",
          "imatrix", " --chunks 1 -o @out.gguf",
          "perplexity", " --chunks 1",
          "quality", " --chunks 1 -r 1 --delay 0 --types Q8_0 --choose 5 -o @out",
          "choose", " --chunks 1 -o @out.gguf",
          "bench", " -r 1 --delay 0 -p 4 -n 1 -d 0 --no-warmup");

  @TempDir private static Path originals;
  @TempDir private Path folder;
  private List<String> kept;

  @BeforeAll
  static void makeFiles() throws IOException {
    SampleFiles.make(originals);
  }

  @AfterAll
  static void report() {
    Hostile.report();
  }

  static Collection<String> commands() {
    return SampleFiles.LINES.keySet();
  }

  @BeforeEach
  void linkOriginals() throws IOException {
    kept = new ArrayList<>();
    for (Path file : Hostile.files(originals)) {
      Files.createLink(folder.resolve(file.getFileName()), file);
      kept.add(file.getFileName().toString());
    }
  }

  @Test
  void everyCommandIsTried() {
    assertEquals(
        CommandLines.create(Cli.console()).getSubcommands().keySet(), Set.copyOf(commands()));
    for (String line : SampleFiles.LINES.values()) {
      if (!Hostile.LONG && COSTLY.contains(line.split(" ")[0])) {
        continue;
      }
      assertEquals(0, check("good", SampleFiles.words(folder, line)).code(), line);
    }
  }

  private static List<OptionSpec> options(String command) {
    CommandLine root = CommandLines.create(Cli.console(), command);
    return root.getSubcommands().get(command).getCommandSpec().options();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void absurdNumbers(String command) {
    int which = 0;
    for (OptionSpec option : options(command)) {
      String name = option.longestName();
      if (!isNumber(option)) {
        continue;
      }
      which++;
      for (String number : NUMBERS) {
        boolean left =
            COSTLY.contains(command)
                && NUMBERS.indexOf(number) != which % Hostile.count(24, NUMBERS.size());
        if (ASKS_FOR_TIME.contains(name) && number.startsWith("2") || left) {
          continue;
        }
        List<String> arguments = SampleFiles.words(folder, SampleFiles.LINES.get(command));
        arguments.add(name + "=" + number);
        check("absurd number for " + command, arguments);
      }
    }
  }

  private static boolean isNumber(OptionSpec option) {
    Class<?> type =
        option.isMultiValue()
            ? option.typeInfo().getAuxiliaryTypes()[0]
            : option.typeInfo().getType();
    return Number.class.isAssignableFrom(type)
        || type == int.class
        || type == long.class
        || type == float.class
        || type == double.class;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void absurdLists(String command) {
    for (OptionSpec option : options(command)) {
      if (!option.isMultiValue() && !command.equals("bench") || COSTLY.contains(command)) {
        continue;
      }
      for (String list : LISTS) {
        if (ASKS_FOR_TIME.contains(option.longestName())) {
          continue;
        }
        List<String> arguments = SampleFiles.words(folder, SampleFiles.LINES.get(command));
        arguments.add(option.longestName() + "=" + list);
        if (option.arity().max() > 0) {
          check("absurd list for " + command, arguments);
        }
      }
    }
    if (command.equals("quantize")) {
      for (String threads : NUMBERS) {
        List<String> arguments = SampleFiles.words(folder, SampleFiles.LINES.get(command));
        arguments.set(arguments.size() - 1, threads);
        check("absurd number of threads for quantize", arguments);
      }
    }
  }

  /** Tries every key of the model, and some that it lacks, with every absurd value. */
  @Test
  void absurdKeys() {
    List<String> keys = new ArrayList<>(KEYS);
    try (GgufFile demo = DemoModel.open()) {
      keys.addAll(demo.metadata().keys());
    }
    for (String key : keys) {
      for (String value : VALUES) {
        List<String> arguments =
            SampleFiles.words(folder, "run -m @model.gguf -p To -n 1 -c 32 -t 2");
        arguments.add("--override-kv=" + key + "=" + value);
        check("absurd value of a key", arguments);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void linesByChance(String command) throws IOException {
    long before = checksum();
    RandomLines lines = new RandomLines(command, folder);
    int count = COSTLY.contains(command) ? Hostile.count(1, 30) : Hostile.count(8, 400);
    for (int i = 0; i < count; i++) {
      List<String> arguments = SampleFiles.words(folder, SampleFiles.LINES.get(command));
      arguments.addAll(lines.next(new Random(i)));
      String end = ENDS.get(command);
      if (end != null) {
        arguments.addAll(SampleFiles.words(folder, end.strip()));
      }
      check("chance line of " + command, arguments);
      for (String name : kept) { // merge may delete its parts
        if (Files.notExists(folder.resolve(name))) {
          Files.createLink(folder.resolve(name), originals.resolve(name));
        }
      }
    }
    assertEquals(before, checksum(), "inputs were changed by " + command);
  }

  private Cli.Outcome check(String kind, List<String> arguments) {
    Cli.Outcome outcome = Hostile.check(kind, arguments);
    try {
      Files.deleteIfExists(folder.resolve(RandomLines.LOG));
      Hostile.checkLeft(folder, kept, arguments, outcome);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return outcome;
  }

  private static long checksum() throws IOException {
    CRC32 sum = new CRC32();
    for (Path file : Hostile.files(originals)) {
      sum.update(Files.readAllBytes(file));
    }
    return sum.getValue();
  }
}
