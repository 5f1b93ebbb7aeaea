package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cli.LauncherSandbox.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command as a process of its own on a system that fails: little memory, full and closed
 * streams, limits, folders that are gone, model files that shrink while they are used.
 */
@EnabledOnOs(OS.LINUX)
@Tag("quality")
class SystemFaultsTest {
  private static final String START = "exec \"$0\" \"$@\"";

  /** What the shell does before it starts a command, by the kind of fault. */
  private static final Map<String, List<String>> FAULTS =
      Map.of(
          "tiny heap",
          List.of("export LAMINA_JAVA_OPTS=-Xmx%sm; " + START, "8", "5", "16"),
          "full output",
          List.of(START + " >%s", "/dev/full"),
          "full output and errors",
          List.of(START + " %s", ">/dev/full 2>&1"),
          "closed streams",
          List.of(START + " %s", ">&-", "<&-", "<&- >&- 2>&-"),
          "little address space",
          List.of("ulimit -v %s; " + START, "1200000", "790000", "950000", "2500000", "8000000"),
          "limit of a file's size",
          List.of("ulimit -f %s; " + START, "100", "4000"),
          "few open files",
          List.of("ulimit -n %s; " + START, "64"),
          "no temporary folder",
          List.of("export LAMINA_JAVA_OPTS=-Djava.io.tmpdir=%s; " + START, "/nonexistent"),
          "small stack",
          List.of("export LAMINA_JAVA_OPTS=-Xss%s; " + START, "256k"));

  /** Tried in the short form; starting a JVM takes half a second. */
  private static final Map<String, Set<String>> SHORT =
      Map.of(
          "tiny heap", Set.of("run", "inspect"),
          "full output", Set.of("plan"),
          "closed streams", Set.of("chat"),
          "little address space", Set.of("run"),
          "limit of a file's size", Set.of("quantize"));

  /** No line of text tells where it came from if standard error is closed or full. */
  private static final String NO_ERRORS = "2>&";

  @TempDir private static Path sandbox;
  @TempDir private static Path originals;
  private static Path launcher;

  @TempDir private Path folder;

  @BeforeAll
  static void makeFiles() throws IOException {
    SampleFiles.make(originals);
    launcher = new LauncherSandbox(sandbox).lamina();
  }

  @AfterAll
  static void report() {
    Hostile.report();
  }

  static Collection<String> faults() {
    return FAULTS.keySet().stream().sorted().toList();
  }

  static Collection<String> readers() {
    return SampleFiles.LINES.entrySet().stream()
        .filter(line -> line.getValue().matches(".*@(model|f16|part).*"))
        .map(Map.Entry::getKey)
        .filter(command -> Hostile.LONG || Set.of("run", "quantize").contains(command))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("faults")
  void fault(String kind) throws Exception {
    copyOriginals();
    List<String> values = FAULTS.get(kind).subList(1, FAULTS.get(kind).size());
    for (Map.Entry<String, String> command : SampleFiles.LINES.entrySet()) {
      for (String value : Hostile.LONG ? values : values.subList(0, 1)) {
        if (Hostile.LONG || SHORT.getOrDefault(kind, Set.of()).contains(command.getKey())) {
          check(
              kind,
              FAULTS.get(kind).getFirst().formatted(value),
              SampleFiles.words(folder, command.getValue()));
        }
      }
    }
  }

  /** The launcher sees it, so that this takes little. */
  @Test
  void everyCommandSaysThatTheFolderIsGone() throws Exception {
    copyOriginals();
    for (String line : SampleFiles.LINES.values()) {
      String shell = "mkdir gone && cd gone && rmdir ../gone && " + START;
      Outcome outcome = check("deleted folder", shell, SampleFiles.words(folder, line));
      assertEquals(1, outcome.code(), line);
    }
  }

  /** At every moment: while it is read, repacked, quantized, computed with. */
  @ParameterizedTest
  @MethodSource("readers")
  void modelThatShrinks(String command) throws Exception {
    String line = SampleFiles.LINES.get(command);
    String name = line.replaceAll(".*@((model|f16|part)\\S*).*", "$1");
    int moments = Hostile.count(2, 8);
    for (int i = 0; i < moments; i++) {
      copyOriginals();
      Path file = folder.resolve(name);
      long size = Files.size(file) * (i % 3) / 3;
      String shrink =
          "{ sleep %s; truncate -s %d '%s'; } & "
              .formatted(0.3 + 0.1 * i * (Hostile.LONG ? 1 : 4), size, file);
      check("model that shrinks", shrink + START, words(line));
    }
  }

  private List<String> words(String line) {
    // Long enough to meet it.
    return SampleFiles.words(folder, line.replace("-n 2 -c 64", "-n 200 -c 256"));
  }

  /** What needs more memory than there is is refused with numbers, before anything is loaded. */
  @Test
  void hugeContextOfALargeModel() throws Exception {
    Path model = folder.resolve("large.gguf");
    Files.copy(originals.resolve("text.txt"), folder.resolve("text.txt"));
    SparseModel.write(model, Hostile.LONG ? 1 << 20 : 1 << 16);
    String window = " -m @large.gguf -f @text.txt -c 10000000 --chunks 1";
    List<String> lines =
        List.of(
            "run -m @large.gguf -p x -n 1 -c 10000000",
            "chat -m @large.gguf -p x -n 1 -c 10000000 -st",
            "run -m @large.gguf -p x -n 1 -t 20000",
            "perplexity" + window,
            "imatrix -o @out.gguf" + window,
            "choose --bpw 4 --dry-run" + window,
            "bench -m @large.gguf -p 10000000 -n 0 -r 1",
            "bench -m @large.gguf -p 1 -n 0 -d 10000000 -r 1");
    for (String line : Hostile.LONG ? lines : lines.subList(0, 3)) {
      long start = System.nanoTime();
      Outcome outcome = check("huge context", START, SampleFiles.words(folder, line));
      assertTrue(outcome.code() != 0, line);
      assertTrue(outcome.err().matches("(?s).*[0-9].*"), outcome.err());
      assertTrue(System.nanoTime() - start < 30_000_000_000L, line + " took long");
    }
  }

  private Outcome check(String kind, String shell, List<String> arguments) throws Exception {
    List<Path> before = Hostile.files(folder);
    List<String> command = new ArrayList<>(List.of("sh", "-c", shell, launcher.toString()));
    command.addAll(arguments);
    Path own = folder.resolve("shell");
    Files.createDirectories(own);
    long start = System.nanoTime();
    Outcome outcome =
        new LauncherSandbox(own)
            .start(command, Map.of("JAVA_HOME", System.getProperty("java.home")));
    long nanos = System.nanoTime() - start;
    String line = shell + " # " + String.join(" ", arguments);
    assertFalse(outcome.err().contains("hs_err") || outcome.out().contains("hs_err"), line);
    if (shell.contains(NO_ERRORS)) {
      assertTrue(outcome.code() >= 0 && outcome.code() <= 2, line);
    } else {
      Hostile.checkEnd(kind, line, outcome.code(), outcome.err(), nanos);
    }
    Hostile.delete(own);
    for (Path file : Hostile.files(folder)) {
      if (!before.contains(file)) {
        assertTrue(
            outcome.code() == 0 || isWhole(file, arguments.getFirst(), shell),
            file + " is left by " + line + "\n" + outcome.err());
        Hostile.delete(file);
      }
    }
    return outcome;
  }

  /** A file is whole if only the report of it failed, and quality keeps what it has made. */
  private static boolean isWhole(Path file, String command, String shell) throws IOException {
    String name = file.getFileName().toString();
    boolean named = name.startsWith("out") && !name.endsWith(".part");
    if (command.equals("quality") && named) {
      return Hostile.files(file).stream()
          .allMatch(made -> made.toString().matches(".*\\.(gguf|csv|html|svg|png)"));
    }
    return named && (shell.contains(">&-") || shell.contains("/dev/full"));
  }

  private void copyOriginals() throws IOException {
    for (Path file : Hostile.files(originals)) {
      Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
