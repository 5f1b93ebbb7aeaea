package dev.lamina.bench.compare;

import dev.lamina.gguf.output.Temporary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs a program to its end.
 *
 * @param program its name, for messages
 * @param advice for when it cannot be started
 */
record Subprocess(String program, String advice) {
  private static final int SHOWN = 80;

  /** Exit code of shells and containers that do not find the program. */
  private static final int NOT_FOUND = 127;

  /** What a program printed on standard output and on standard error. */
  record Printed(String output, String errors) {}

  /**
   * Runs a command line.
   *
   * @throws LlamaBenchException if it cannot be started or fails; the message has the last line of
   *     its standard error
   */
  Printed run(List<String> command) {
    try (Temporary errors = Temporary.file("lamina-bench-", ".err")) {
      return run(command, errors.path());
    } catch (IOException e) {
      throw new LlamaBenchException(
          "cannot read what " + program + " prints: " + e.getMessage(), e);
    }
  }

  private Printed run(List<String> command, Path errors) throws IOException {
    Process process = start(command, errors);
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      String told = new String(Files.readAllBytes(errors), StandardCharsets.UTF_8);
      if (code != 0) {
        throw new LlamaBenchException(
            program
                + " failed (exit code "
                + code
                + "): "
                + lastLine(told)
                + (code == NOT_FOUND ? "; " + advice : ""));
      }
      return new Printed(output, told);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LlamaBenchException("interrupted while " + program + " ran", e);
    } finally {
      process.destroy();
    }
  }

  private Process start(List<String> command, Path errors) {
    try {
      return new ProcessBuilder(command).redirectError(errors.toFile()).start();
    } catch (IOException e) {
      throw new LlamaBenchException("cannot run " + command.getFirst() + "; " + advice, e);
    }
  }

  private static String lastLine(String errors) {
    return errors
        .lines()
        .filter(line -> !line.isBlank())
        .reduce((_, last) -> last.strip())
        .orElse("it printed no reason");
  }

  /**
   * For output that has no result; the message has its first line.
   *
   * @param cause null for none
   */
  LlamaBenchException unreadable(String output, Throwable cause) {
    String start = output.strip().lines().findFirst().orElse("nothing");
    String shown = start.length() > SHOWN ? start.substring(0, SHOWN) + "..." : start;
    return new LlamaBenchException(
        program + " printed no result that can be read, but: " + shown, cause);
  }
}
