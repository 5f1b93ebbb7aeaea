package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Rules for every file that a command writes. */
@DisabledOnOs(OS.WINDOWS)
class OutputsTest {
  private static final String WINDOWS = " -f @text.txt -c 64 --chunks 1 ";
  private static final String BENCH = "bench -m @model.gguf -p 1 -n 0 -r 1 --no-warmup ";

  /**
   * All commands and options that write: a new one is a line here. A word with @ is a file in the
   * folder. OUT is an output named by the user; otherwise the command chooses the name.
   */
  private static final List<String> LINES =
      List.of(
          "quantize --allow-requantize @model.gguf @OUT Q4_0",
          "quantize --allow-requantize @model.gguf Q4_0",
          "quantize --allow-requantize --imatrix @im.gguf @model.gguf @OUT Q4_0",
          "quantize --allow-requantize --split-max-size 2M @model.gguf @q.gguf Q4_0",
          "quantize --keep-split @part-00001-of-00002.gguf @q.gguf COPY",
          "split --split-max-tensors 50 @model.gguf @p",
          "merge @part-00001-of-00002.gguf @OUT",
          "imatrix -m @model.gguf" + WINDOWS + "-o @OUT",
          "imatrix -m @model.gguf" + WINDOWS + "--output-format dat -ofreq 1 -o @OUT",
          "imatrix --in-file @im.gguf -o @OUT",
          "perplexity -m @model.gguf" + WINDOWS + "--kl-divergence-base @OUT",
          "choose -m @f16.gguf" + WINDOWS + "--bpw 5 --sensitivity @known.json -o @OUT",
          "choose -m @f16.gguf" + WINDOWS + "--bpw 5 --dry-run --sensitivity @OUT",
          "quality -m @f16.gguf" + WINDOWS + "--types Q8_0 --no-speed -o @",
          "card @ -o @OUT",
          "card @",
          "run -m @model.gguf -p To -n 2 --prompt-cache @OUT",
          "run -m @model.gguf -p To -n 2 --prompt-cache-all --prompt-cache @OUT",
          BENCH + "--plot @OUT.svg",
          BENCH + "--plot @OUT.png");

  /** Names of the files that each line has written. */
  private static final Map<String, Set<String>> MADE = new HashMap<>();

  /** A slow line, so only its refusal is tested. */
  private static final String SYNTHETIC =
      "bench -m @model.gguf --synthetic qwen2.5-0.5b:Q4_0 --save @OUT";

  @TempDir private static Path originals;
  @TempDir private Path folder;

  static Stream<String> lines() {
    return LINES.stream();
  }

  static Stream<String> namedByTheUser() {
    return Stream.concat(LINES.stream().filter(line -> line.contains("OUT")), Stream.of(SYNTHETIC));
  }

  static Stream<String> replacing() {
    return namedByTheUser().filter(line -> !replacesNothing(line));
  }

  @BeforeAll
  static void makeInputs() throws IOException {
    try (InputStream in = DemoModel.class.getResourceAsStream("demo/" + DemoModel.NAME + ".gguf")) {
      Files.copy(in, originals.resolve("model.gguf"));
    }
    String line = "To be, or not to be, that is the question: whether 'tis nobler to suffer %d. ";
    Files.writeString(
        originals.resolve("text.txt"),
        IntStream.range(0, 12).mapToObj(line::formatted).collect(Collectors.joining()));
    for (String made :
        List.of(
            "quantize --allow-requantize @model.gguf @f16.gguf F16",
            "split --split-max-tensors 50 @model.gguf @part",
            "imatrix -m @model.gguf" + WINDOWS + "-o @im.gguf",
            "choose -m @f16.gguf" + WINDOWS + "--bpw 5 --dry-run --sensitivity @known.json")) {
      Cli.Outcome outcome = run(originals, made);
      assertEquals(0, outcome.code(), outcome.err());
    }
  }

  private static Cli.Outcome run(Path folder, String line) {
    List<String> words = new ArrayList<>();
    for (String word : line.split(" ")) {
      words.add(word.startsWith("@") ? folder.resolve(word.substring(1)).toString() : word);
    }
    return Cli.run(words.toArray(String[]::new));
  }

  /** The files that a line reads, copied to the folder. */
  private List<Path> copyInputs(String line) throws IOException {
    List<Path> inputs = new ArrayList<>();
    try (Stream<Path> files = Files.list(originals)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        boolean part = name.startsWith("part") && line.contains("@part");
        boolean inFolder =
            line.startsWith("card") && (name.startsWith("part") || name.equals("im.gguf"));
        if (part || inFolder || line.contains("@" + name)) {
          inputs.add(Files.copy(file, folder.resolve(name)));
        }
      }
    }
    return inputs;
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static void assertUnchanged(Collection<Path> inputs) throws IOException {
    for (Path input : inputs) {
      assertEquals(-1, Files.mismatch(originals.resolve(input.getFileName()), input), "" + input);
    }
  }

  private static void assertRefused(Cli.Outcome outcome, String reason) {
    assertNotEquals(0, outcome.code());
    List<String> errors = outcome.err().lines().filter(l -> l.startsWith("error: ")).toList();
    assertEquals(1, errors.size(), outcome.err());
    assertTrue(errors.getFirst().contains(reason), outcome.err());
    assertEquals("", outcome.out(), "nothing is computed before");
  }

  /** The outputs of a line: the new files after it has run. */
  private List<Path> targets(String line) throws IOException {
    if (!MADE.containsKey(line)) {
      Set<String> before = names();
      Cli.Outcome outcome = run(folder, line);
      assertEquals(0, outcome.code(), outcome.err());
      Set<String> made = names();
      made.removeAll(before);
      assertFalse(made.isEmpty());
      assertTrue(made.stream().noneMatch(n -> n.matches("\\..*|.*\\.(part|logits)")), "" + made);
      for (String name : made) {
        Files.delete(folder.resolve(name));
      }
      MADE.put(line, made);
    }
    return MADE.get(line).stream().map(folder::resolve).toList();
  }

  /** Whether a line writes only what does not exist. */
  private static boolean replacesNothing(String line) {
    return line.startsWith("merge")
        || line.endsWith("--sensitivity @OUT")
        || line.endsWith("--prompt-cache @OUT");
  }

  @ParameterizedTest
  @MethodSource("lines")
  @Tag("quality")
  void noInputIsReplaced(String line) throws IOException {
    List<Path> inputs = copyInputs(line);
    // There sensitivities are read, if there is such a file.
    String reason =
        line.endsWith("--sensitivity @OUT") ? "no sensitivities" : "is the file that is read";
    for (Path target : targets(line)) {
      for (Path input : inputs) {
        Files.createSymbolicLink(target, input.getFileName());
        assertRefused(run(folder, line), reason);
        Files.delete(target);
        Files.createLink(target, input);
        assertRefused(run(folder, line), reason);
        Files.delete(target);
      }
    }
    if (line.endsWith("@OUT")) {
      for (Path input : inputs) {
        assertRefused(run(folder, line.replace("OUT", input.getFileName().toString())), reason);
      }
    }
    assertUnchanged(inputs);
    assertEquals(
        inputs.stream().map(f -> f.getFileName().toString()).collect(Collectors.toSet()), names());
  }

  /** Every option that takes a file counts as an input, including future options. */
  @ParameterizedTest
  @MethodSource("replacing")
  void noOptionsFileIsReplaced(String line) throws IOException {
    List<Path> inputs = copyInputs(line);
    String name = line.contains("OUT.") ? line.substring(line.indexOf("OUT")) : "OUT";
    Path target = folder.resolve(name);
    CommandLine command =
        CommandLines.create(Cli.console(), line.split(" ")[0])
            .getSubcommands()
            .get(line.split(" ")[0]);
    List<OptionSpec> options =
        command.getCommandSpec().options().stream()
            .filter(option -> option.auxiliaryTypes()[0] == Path.class)
            .filter(option -> !isOutput(line, option))
            .toList();
    int refused = 0;
    for (OptionSpec option : options) {
      Files.writeString(target, "input");
      Cli.Outcome outcome = run(folder, with(line, option, target));
      assertEquals("input", Files.readString(target), option.longestName());
      // Some options exclude one that the line has.
      if (outcome.code() != ExitCodes.USAGE) {
        assertRefused(outcome, "is the file that is read");
        refused++;
      }
    }
    assertTrue(refused > 0, "options: " + options);
    assertUnchanged(inputs);
  }

  /** The line with another value of an option. */
  private static String with(String line, OptionSpec option, Path value) {
    String named = "@" + value.getFileName();
    for (String name : option.names()) {
      if (line.contains(" " + name + " ")) {
        return line.replaceFirst(" " + name + " \\S+", " " + name + " " + named);
      }
    }
    return line + " " + option.longestName() + " " + named;
  }

  private static boolean isOutput(String line, OptionSpec option) {
    return Arrays.stream(option.names()).anyMatch(name -> line.contains(name + " @OUT"));
  }

  @ParameterizedTest
  @MethodSource("namedByTheUser")
  void impossibleTargetsAreRefused(String line) throws IOException {
    copyInputs(line);
    Set<String> before = names();
    assertRefused(run(folder, line.replace("OUT", "no/OUT")), "there is no folder");
    assertRefused(run(folder, line.replace("OUT", "x".repeat(300))), "xxx");
    assertEquals(before, names());
    String name = line.contains("OUT.") ? line.substring(line.indexOf("OUT")) : "OUT";
    Files.createDirectory(folder.resolve(name));
    assertRefused(run(folder, line), "is a folder");
  }

  @ParameterizedTest
  @MethodSource("lines")
  @Tag("quality")
  void replacedFilesKeepTheirModeAndDevicesStay(String line) throws IOException {
    copyInputs(line);
    List<Path> targets = targets(line);
    if (!replacesNothing(line)) {
      for (Path target : targets) {
        Files.writeString(target, "old");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
      }
      Cli.Outcome outcome = run(folder, line);
      assertEquals(0, outcome.code(), outcome.err());
      for (Path target : targets) {
        assertTrue(Files.size(target) > 3, "" + target);
        assertEquals(
            "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(target)));
        Files.delete(target);
      }
    }
    for (Path target : targets) {
      boolean measured = line.startsWith("quality") && target.toString().endsWith(".gguf");
      if (!measured) {
        Files.createSymbolicLink(target, Path.of("/dev/null"));
      }
    }
    Cli.Outcome outcome = run(folder, line);
    assertEquals(0, outcome.code(), outcome.err());
    for (Path target : targets) {
      assertEquals(!target.endsWith("f16-Q8_0.gguf"), Files.isSymbolicLink(target), "" + target);
    }
  }

  @Test
  void savedChatsReplaceNoInput() throws IOException {
    List<Path> inputs = copyInputs("@model.gguf @text.txt");
    Files.createSymbolicLink(folder.resolve("soft"), Path.of("text.txt"));
    Files.createLink(folder.resolve("hard"), folder.resolve("model.gguf"));
    for (String name : List.of("model.gguf", "text.txt", "soft", "hard")) {
      String typed = "/save " + folder.resolve(name) + "\n/bye\n";
      Cli.Outcome outcome =
          Cli.runWithInput(
              typed,
              "chat",
              "-m",
              folder.resolve("model.gguf").toString(),
              "-sysf",
              folder.resolve("text.txt").toString());
      assertNotEquals(0, outcome.code());
      assertTrue(outcome.err().contains("is the file that is read"), outcome.err());
    }
    assertUnchanged(inputs);
  }

  @Test
  void logsReplaceNoInput() throws IOException {
    String line = "run -m @part-00001-of-00002.gguf -f @text.txt -n 1 --log-file @";
    List<Path> inputs = copyInputs(line);
    Files.createSymbolicLink(folder.resolve("soft"), Path.of("text.txt"));
    Files.createLink(folder.resolve("hard"), folder.resolve("part-00002-of-00002.gguf"));
    for (String name : List.of("text.txt", "part-00001-of-00002.gguf", "soft", "hard")) {
      assertRefused(run(folder, line + name), "is the file that is read");
    }
    assertRefused(run(folder, line + "part-00002-of-00002.gguf"), "is the file that is read");
    assertRefused(run(folder, line + "no/log"), "there is no folder");
    assertRefused(run(folder, line + "x".repeat(300)), "xxx");
    assertRefused(run(folder, line), "is a folder");
    assertUnchanged(inputs);
    Cli.Outcome outcome = run(folder, line.replace("-f @text.txt", "-p To") + "log");
    assertEquals(0, outcome.code(), outcome.err());
    assertEquals(outcome.err(), Files.readString(folder.resolve("log")));
  }

  /** Also where the file is not there yet. */
  @Test
  void logsAreNoOtherOutput() throws IOException {
    List<String> lines =
        List.of(
            "imatrix -f @text.txt -m @model.gguf -o @new",
            "chat -p x -m @new",
            "quantize @model.gguf @new Q8_0",
            "run -p x -m @model.gguf -f @new");
    List<Path> inputs = copyInputs(String.join(" ", lines));
    for (String line : lines) {
      assertRefused(run(folder, line + " --log-file @./new"), "");
      assertFalse(Files.exists(folder.resolve("new")), line);
    }
    assertUnchanged(inputs);
    assertEquals(0, run(folder, "run -p @log -n 1 --log-file @log").code(), "a text is no file");
  }

  /** Runs all lines in one process that may write at most half a kilobyte to a file. */
  @Test
  void fullDiskLeavesAllAsItWas() throws Exception {
    List<Set<String>> before = new ArrayList<>();
    Path all = folder;
    for (int i = 0; i < LINES.size(); i++) {
      folder = Files.createDirectory(all.resolve(String.valueOf(i)));
      copyInputs(LINES.get(i));
      if (!replacesNothing(LINES.get(i))) {
        Files.writeString(folder.resolve("OUT"), "old");
      }
      before.add(names());
    }
    List<String> outcomes = runOnAFullDisk(all);
    for (int i = 0; i < LINES.size(); i++) {
      folder = all.resolve(String.valueOf(i));
      assertTrue(outcomes.get(i).matches("1 .*error: cannot write .*"), outcomes.get(i));
      assertEquals(before.get(i), names(), LINES.get(i));
      if (before.get(i).contains("OUT")) {
        assertEquals("old", Files.readString(folder.resolve("OUT")), LINES.get(i));
      }
    }
  }

  private static List<String> runOnAFullDisk(Path folder) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("sh", "-c", "ulimit -f 1; exec \"$0\" \"$@\"", java(), "-XX:-UsePerfData"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-") && !argument.startsWith("-javaagent"))
        .forEach(command::add);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), OutputsTest.class.getName()));
    command.add(folder.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (var out = process.inputReader()) {
      List<String> lines = out.lines().filter(line -> line.matches("[0-9]+ .*")).toList();
      assertEquals(0, process.waitFor(), lines.toString());
      return lines;
    } finally {
      process.destroyForcibly();
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Runs all lines, each in its own folder, and prints the outcomes. */
  public static void main(String[] args) {
    for (int i = 0; i < LINES.size(); i++) {
      Cli.Outcome outcome = run(Path.of(args[0], String.valueOf(i)), LINES.get(i));
      System.out.println(outcome.code() + " " + outcome.err().replace('\n', ' '));
    }
    System.exit(0);
  }
}
