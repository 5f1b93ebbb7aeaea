package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Absurd numbers for all numeric options of all commands, and damaged files of all kinds: each ends
 * soon, in success or in one line. With {@code -Dlamina.torture=true} there are many more of them
 * ({@code tools/torture.sh}).
 */
class HostileInputTest {
  private static final boolean LONG = Boolean.getBoolean("lamina.torture");
  private static final String DEMO =
      "src/main/resources/dev/lamina/cli/demo/shakespeare-5m-Q4_K_M.gguf";
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final List<String> NUMBERS =
      LONG
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

  /** Arguments with which a command does little; the model is the embedded one. */
  private static final Map<String, List<String>> COMMANDS =
      Map.of(
          "run", List.of("-p", "To be", "-n", "2", "-c", "32", "-t", "2"),
          "chat", List.of("-n", "2", "-c", "128", "-t", "2"),
          "tokenize", List.of("-p", "To be"),
          "perplexity", List.of("-f", "TEXT", "-c", "32", "--chunks", "1", "-t", "2"),
          "imatrix", List.of("-f", "TEXT", "-c", "32", "--chunks", "1", "-t", "2", "-o", "OUT"),
          "quantize", List.of("--dry-run", "--allow-requantize", "MODEL", "Q8_0"),
          "plan", List.of(),
          "bench", List.of("-p", "4", "-n", "1", "-r", "1", "-t", "2"));

  /** Commands without numbers, and those that measure for minutes. */
  private static final Set<String> OTHERS =
      Set.of(
          "inspect",
          "split",
          "merge",
          "quality",
          "choose",
          "card",
          "devices",
          "doctor",
          "completion",
          "warm-up");

  /** Options that a large number makes take as long as it says. */
  private static final Set<String> ASKS_FOR_TIME = Set.of("--repetitions", "--delay");

  @TempDir private Path folder;

  static Stream<String> commands() {
    CommandLine root =
        CommandLines.create(
            Console.of(
                new ByteArrayInputStream(new byte[0]),
                java.io.OutputStream.nullOutputStream(),
                java.io.OutputStream.nullOutputStream()));
    Set<String> known = root.getSubcommands().keySet();
    assertTrue(
        known.stream().allMatch(name -> COMMANDS.containsKey(name) || OTHERS.contains(name)),
        "a new command has to be tried here: " + known);
    return COMMANDS.keySet().stream().sorted();
  }

  private static List<OptionSpec> numericOptions(String command) {
    CommandLine root =
        CommandLines.create(
            Console.of(
                new ByteArrayInputStream(new byte[0]),
                java.io.OutputStream.nullOutputStream(),
                java.io.OutputStream.nullOutputStream()),
            command);
    return root.getSubcommands().get(command).getCommandSpec().options().stream()
        .filter(option -> isNumber(option.typeInfo().getType()))
        .toList();
  }

  private static boolean isNumber(Class<?> type) {
    return Number.class.isAssignableFrom(type)
        || type == int.class
        || type == long.class
        || type == float.class
        || type == double.class;
  }

  private List<String> filled(List<String> arguments) throws IOException {
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "To be, or not to be, that is the question. ".repeat(20));
    return arguments.stream()
        .map(argument ->
            switch (argument) {
              case "TEXT" -> text.toString();
              case "OUT" -> folder.resolve("out.gguf").toString();
              case "MODEL" -> DEMO;
              default -> argument;
            })
        .collect(Collectors.toCollection(ArrayList::new));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void absurdNumbers(String command) throws IOException {
    for (OptionSpec option : numericOptions(command)) {
      String name = option.longestName();
      for (String number : NUMBERS) {
        if (ASKS_FOR_TIME.contains(name) && number.startsWith("2")) {
          continue;
        }
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(filled(COMMANDS.get(command)));
        // Of a repeated option the last counts, but not everywhere yet.
        int given = indexOf(arguments, option);
        if (given >= 0) {
          arguments.set(given + 1, number);
        } else {
          arguments.add(1, name + "=" + number);
        }
        check(arguments);
      }
    }
  }

  private static int indexOf(List<String> arguments, OptionSpec option) {
    return arguments.indexOf(
        Arrays.stream(option.names()).filter(arguments::contains).findFirst().orElse("\0"));
  }

  private static void check(List<String> arguments) {
    String line = String.join(" ", arguments);
    Cli.Outcome outcome =
        assertTimeoutPreemptively(
            LIMIT, () -> Cli.runWithInput("hi\n", arguments.toArray(String[]::new)), line);
    String all = line + "\nexit " + outcome.code() + "\n" + outcome.err();
    assertTrue(outcome.code() >= 0 && outcome.code() <= 2, all);
    List<String> errors = outcome.err().lines().filter(l -> l.startsWith("error:")).toList();
    // A chat goes on after a message that could not be answered, and says so at its end.
    assertTrue(outcome.code() == 0 || !errors.isEmpty(), all);
    assertTrue(errors.size() <= (arguments.getFirst().equals("chat") ? 2 : 1), all);
    assertTrue(!outcome.err().contains("error: unexpected "), all);
    assertTrue(outcome.err().lines().noneMatch(l -> l.startsWith("\tat ")), all);
    assertTrue(!outcome.err().contains("Exception"), all);
  }

  /** Kinds of file, each as a name, the command that reads it, and what a good one has. */
  static Stream<Arguments> files() {
    String text = "To be, or not to be, that is the question. ".repeat(20);
    return Stream.of(
        Arguments.of("model.gguf", List.of("inspect", "-m", "FILE"), null),
        Arguments.of("model.gguf", List.of("run", "-m", "FILE", "-p", "a", "-n", "1"), null),
        Arguments.of(
            "imatrix.gguf",
            List.of(
                "quantize",
                "--dry-run",
                "--allow-requantize",
                "--imatrix",
                "FILE",
                "MODEL",
                "Q4_K_M"),
            null),
        Arguments.of(
            "imatrix.dat",
            List.of(
                "quantize",
                "--dry-run",
                "--allow-requantize",
                "--imatrix",
                "FILE",
                "MODEL",
                "Q4_K_M"),
            "\1\0\0\0\1\0\0\0a\1\0\0\0\1\0\0\0\0\0\0\0"),
        Arguments.of(
            "base.kld",
            List.of("perplexity", "--kl-divergence-base", "FILE", "--kl-divergence"),
            "_logits_\40\0\0\0\0\40\0\0\1\0\0\0" + "\1\0\0\0".repeat(2000)),
        Arguments.of(
            "chat.jinja",
            List.of("chat", "-n", "1", "--chat-template-file", "FILE"),
            "{% for m in messages %}{{ m.role + ': ' + m['content'] | trim }}\n{% endfor %}"),
        Arguments.of("text.txt", List.of("tokenize", "-f", "FILE"), text),
        Arguments.of(
            "text.txt", List.of("perplexity", "-c", "32", "--chunks", "1", "-f", "FILE"), text),
        Arguments.of("system.txt", List.of("chat", "-n", "1", "-sysf", "FILE"), text));
  }

  @ParameterizedTest
  @MethodSource("files")
  void damagedFiles(String name, List<String> command, String good) throws IOException {
    byte[] bytes =
        good == null
            ? Files.readAllBytes(Path.of(DEMO))
            : good.getBytes(StandardCharsets.ISO_8859_1);
    Path file = folder.resolve(name);
    List<String> arguments = new ArrayList<>();
    for (String argument : filled(command)) {
      arguments.add(argument.equals("FILE") ? file.toString() : argument);
    }
    for (byte[] damaged : damaged(bytes).values()) {
      Files.write(file, damaged);
      check(arguments);
    }
    Files.delete(file);
    check(arguments);
    Files.createDirectory(file);
    check(arguments);
    Files.delete(file);
  }

  private static Map<String, byte[]> damaged(byte[] good) {
    Random random = new Random(7);
    Map<String, byte[]> all = new LinkedHashMap<>();
    all.put("good", good);
    all.put("empty", new byte[0]);
    all.put("zeros", new byte[1000]);
    byte[] noise = new byte[1000];
    random.nextBytes(noise);
    all.put("noise", noise);
    int n = LONG ? 400 : 4;
    for (int i = 0; i < n; i++) {
      all.put("cut " + i, Arrays.copyOf(good, random.nextInt(good.length)));
      byte[] changed = good.clone();
      for (int k = 0; k < 1 + i % 8; k++) {
        // Most of a model is weights, which may be anything.
        changed[random.nextInt(Math.min(good.length, 1 << 16))] = (byte) random.nextInt();
      }
      all.put("changed " + i, changed);
      byte[] maximum = good.clone();
      int at = random.nextInt(Math.min(good.length, 4096));
      Arrays.fill(maximum, at, Math.min(good.length, at + 8), (byte) (i % 2 == 0 ? 0xff : 0x7f));
      all.put("maximum " + i, maximum);
    }
    return all;
  }
}
