package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that run models, without the jars of the others, as the launchers start them. */
@EnabledOnOs(OS.LINUX)
class ClassPathTest {
  private static final Pattern OTHERS =
      Pattern.compile("(java\\.awt|org\\.knowm|dev\\.lamina\\.(quantize|bench))\\.");
  private static final List<String> LEFT_OUT = List.of("quantize", "bench");

  @TempDir private Path folder;

  record Outcome(int code, String out, String err, String classes) {}

  private static boolean isLeftOut(String entry) {
    return LEFT_OUT.stream()
            .anyMatch(m -> entry.contains("/" + m + "/target/") || entry.contains("/" + m + "-"))
        || Stream.of("xchart", "VectorGraphics2D", "dataformat-csv", "jmh")
            .anyMatch(entry::contains);
  }

  private Outcome run(String input, String... arguments) throws IOException, InterruptedException {
    LauncherSandbox sandbox = new LauncherSandbox(folder);
    Path jar = sandbox.jar(folder.resolve("few.jar"), entry -> !isLeftOut(entry));
    Path classes = folder.resolve("classes.txt");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-Xlog:class+load:file=" + classes);
    line.addAll(List.of("-jar", jar.toString()));
    line.addAll(List.of(arguments));
    Path in = Files.writeString(folder.resolve("in.txt"), input);
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(line)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it hangs");
    return new Outcome(
        process.exitValue(),
        Files.readString(out),
        Files.readString(err),
        Files.readString(classes, StandardCharsets.UTF_8));
  }

  private static void assertFewClasses(Outcome outcome) {
    assertTrue(outcome.classes().contains("dev.lamina.cli.Lamina "), "the log has no classes");
    List<String> others =
        outcome.classes().lines().filter(line -> OTHERS.matcher(line).find()).toList();
    assertEquals(List.of(), others);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          run -p To -n 1 --temp 0        |
          run -p To -n 1 --json          |
          tokenize -p Hello              |
          tokenize -p Hello --json       |
          inspect                        |
          inspect --json                 |
          plan                           |
          plan --json                    |
          devices                        |
          --version                      |
          run --help                     |
          run -ngl 1 -p To -n 1          |
          chat --chat-template chatml -n 3 | Who are you?
          """)
  void commandsThatRunModelsNeedNoOthers(String line, String input) throws Exception {
    Outcome outcome = run(input == null ? "" : input + "\n", line.split(" +"));
    assertEquals(0, outcome.code(), outcome.err());
    assertFalse(outcome.out().isBlank(), outcome.err());
    assertFewClasses(outcome);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          run -m missing.gguf -p x     | 1 | missing.gguf
          run -m FILE -p x             | 1 | not a GGUF file
          chat -m FILE                 | 1 | not a GGUF file
          inspect -m FILE              | 1 | not a GGUF file
          run -p x --temq 1            | 2 | --temq
          run -p x -ngl z              | 2 | expected a number of layers
          run -p x -ts 1,-1            | 2 | --tensor-split
          run -p x -n 1 -c 2000000000  | 1 | use a smaller context
          run -p x --device nothing:0  | 1 | `lamina devices`
          """)
  void errorsNeedNoOthers(String line, int code, String words) throws Exception {
    Path file = Files.writeString(folder.resolve("x.gguf"), "no model at all");
    Outcome outcome = run("", line.replace("FILE", file.toString()).split(" +"));
    assertEquals(code, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains(words), outcome.err());
    assertEquals(1, outcome.err().lines().filter(l -> l.startsWith("error: ")).count());
    assertFewClasses(outcome);
  }

  /**
   * The launcher's list has only existing commands, and the other commands need the jars that are
   * left out.
   */
  @Test
  void launchersKnowTheCommands() throws IOException {
    String script = Files.readString(Path.of("../tools/start.sh"));
    String batch = Files.readString(Path.of("../lamina.cmd"));
    List<String> few =
        List.of("run", "chat", "tokenize", "inspect", "plan", "devices", "doctor", "--version");
    assertTrue(script.contains("    " + String.join(" | ", few) + ") ;;"), script);
    assertTrue(batch.contains("(" + String.join(" ", few) + ")"), batch);
  }
}
