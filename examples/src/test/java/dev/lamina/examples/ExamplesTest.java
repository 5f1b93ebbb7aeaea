package dev.lamina.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.runtime.Backends;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs each example in a JVM of its own, with the flags that it names and no others. */
class ExamplesTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/lamina/examples");
  private static final Path MODEL =
      Path.of("../cli/src/main/resources/dev/lamina/cli/demo/shakespeare-5m-Q4_K_M.gguf");
  private static final Pattern COMMAND = Pattern.compile("<pre>java (\\w+) ");

  @TempDir private Path folder;

  private String run(String name, String input, String... arguments)
      throws IOException, InterruptedException {
    return run(List.of(), name, input, arguments);
  }

  private String run(List<String> more, String name, String input, String... arguments)
      throws IOException, InterruptedException {
    Matcher command = COMMAND.matcher(Files.readString(SOURCES.resolve(name + ".java")));
    assertTrue(command.find(), "the example does not say how it is started");
    assertEquals(name, command.group(1));
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Backends.kernels("cpu").size() == 1 || !more.isEmpty()) {
      line.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    }
    line.addAll(more);
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.add("dev.lamina.examples." + name);
    line.add(MODEL.toString());
    line.addAll(List.of(arguments));
    Path out = folder.resolve("out.txt");
    Process process =
        new ProcessBuilder(line)
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("err.txt").toFile())
            .start();
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    int exit = process.waitFor();
    assertEquals(0, exit, () -> read(folder.resolve("err.txt")));
    return Files.readString(out);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void onePrompt() throws Exception {
    String text = run("OnePrompt", "", "To be");
    assertTrue(text.startsWith("To be"), text);
    assertTrue(text.length() > 100, text);
  }

  @Test
  void streamedChat() throws Exception {
    String text = run("StreamedChat", "Who are you?\nAnd now?\n");
    assertEquals(2, Pattern.compile("\\[\\d+ tokens, \\w+]").matcher(text).results().count(), text);
  }

  @Test
  void fourThreads() throws Exception {
    String text = run("FourThreads", "");
    for (String prompt : List.of("Once upon a time", "The king", "My lord", "Good night")) {
      assertTrue(text.contains(prompt), text);
    }
  }

  @Test
  void threeWays() throws Exception {
    String text = run("ThreeWays", "", "To be, or not to be");
    assertEquals(3, text.split("To be, or not to be", -1).length - 1, text);
    assertEquals(3, text.split("6 of 7 tokens were read before", -1).length - 1, text);
  }

  @Test
  void placedByBudget() throws Exception {
    String text = run("PlacedByBudget", "", "100M");
    assertTrue(text.matches("(?s)\\d of 6 layers on GPUs\\R\\d+ tokens a second\\R"), text);
  }

  /** Where the JVM denies native access, what needs none goes on. */
  @Test
  void withoutNativeAccess() throws Exception {
    List<String> denied = List.of("--illegal-native-access=deny");
    String text = run(denied, "OnePrompt", "", "To be");
    assertTrue(text.startsWith("To be"), text);
    assertTrue(text.length() > 100, text);
    String log = read(folder.resolve("err.txt"));
    assertTrue(log.contains("native access is denied; the Vector API serves"), log);
  }

  /** What a program is told that was started without the flag where machine code cannot run. */
  @Test
  void aMissingFlagIsNamed() throws Exception {
    Process process = withoutModule("--illegal-native-access=deny");
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, process.waitFor());
    assertTrue(text.contains("--add-modules jdk.incubator.vector"), text);
    assertTrue(text.contains("MissingModule"), text);
  }

  @Test
  void noFlagIsNeededWhereMachineCodeRuns() throws Exception {
    assumeTrue(Backends.kernels("cpu").size() > 1, "no machine code here");
    Process process = withoutModule("-Xlog:class+load:file=" + folder.resolve("classes.txt"));
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    assertTrue(text.contains("To be"), text);
    assertFalse(read(folder.resolve("classes.txt")).contains("jdk.incubator.vector"));
  }

  private static Process withoutModule(String flag) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            flag,
            "-cp",
            System.getProperty("java.class.path"),
            "dev.lamina.examples.OnePrompt",
            MODEL.toString(),
            "To be")
        .redirectErrorStream(true)
        .start();
  }
}
