package dev.lamina.gguf.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program that is stopped, or gets a full disk, while it writes: what it leaves behind. */
@DisabledOnOs(OS.WINDOWS)
class InterruptionTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeOld() throws IOException {
    Files.writeString(folder.resolve("growing"), "old");
  }

  /** Runs {@link OutputProgram} by a shell. */
  private Process start(String before, long pieces) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            "sh",
            "-c",
            before + "exec \"$0\" -XX:-UsePerfData -cp \"$1\" \"$2\" \"$3\" \"$4\"",
            java,
            System.getProperty("java.class.path"),
            OutputProgram.class.getName(),
            folder.toString(),
            String.valueOf(pieces))
        .redirectErrorStream(true)
        .start();
  }

  private void assertNothingHappened() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(folder.resolve("growing")), files.toList());
    }
    assertEquals("old", Files.readString(folder.resolve("growing")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void signalLeavesNothing(String signal) throws Exception {
    assumeFalse(isIgnored(signal), signal + " is ignored here, as under nohup");
    Process process = start("", Long.MAX_VALUE);
    try (BufferedReader out = process.inputReader()) {
      String[] temporary = out.readLine().split(" ");
      assertTrue(Files.exists(Path.of(temporary[0])) && Files.exists(Path.of(temporary[1])));
      try (Stream<Path> files = Files.list(folder)) {
        assertEquals(4, files.count());
      }
      new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
      assertTrue(process.waitFor(30, TimeUnit.SECONDS));
      assertTrue(process.exitValue() > 128, "exit " + process.exitValue());
      assertEquals(List.of(), out.lines().toList());
      assertFalse(Files.exists(Path.of(temporary[1])));
    } finally {
      process.destroyForcibly();
    }
    assertNothingHappened();
  }

  /** What this process ignores, its children do too. */
  private static boolean isIgnored(String signal) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    int number = Map.of("HUP", 1, "INT", 2, "TERM", 15).get(signal);
    String mask =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow()
            .substring("SigIgn:".length())
            .strip();
    return (Long.parseUnsignedLong(mask, 16) >> (number - 1) & 1) == 1;
  }

  @Test
  void fullDiskLeavesNothing() throws Exception {
    Process process = start("ulimit -f 100; ", 1000);
    try (BufferedReader out = process.inputReader()) {
      List<String> lines = out.lines().toList();
      assertEquals(1, process.waitFor(), lines.toString());
      assertTrue(
          lines.getLast().startsWith("cannot write " + folder.resolve("growing")), "" + lines);
    }
    assertNothingHappened();
  }
}
