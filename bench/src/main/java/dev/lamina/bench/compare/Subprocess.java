package dev.lamina.bench.compare;

import dev.lamina.gguf.output.Temporary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs a program to its end. */
final class Subprocess {
  private Subprocess() {}

  /**
   * @return its standard output
   * @throws LlamaBenchException if it cannot be started or fails; the message has the last line of
   *     its standard error
   */
  static String run(List<String> command) {
    try (Temporary errors = Temporary.file("lamina-bench-", ".err")) {
      return run(command, errors.path());
    } catch (IOException e) {
      throw new LlamaBenchException("cannot read what llama-bench prints: " + e.getMessage(), e);
    }
  }

  private static String run(List<String> command, Path errors) throws IOException {
    Process process = start(command, errors);
    try {
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0) {
        throw new LlamaBenchException(
            "llama-bench failed (exit code " + code + "): " + lastLine(errors));
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LlamaBenchException("interrupted while llama-bench ran", e);
    } finally {
      process.destroy();
    }
  }

  private static Process start(List<String> command, Path errors) {
    try {
      return new ProcessBuilder(command).redirectError(errors.toFile()).start();
    } catch (IOException e) {
      throw new LlamaBenchException(
          "cannot run "
              + command.getFirst()
              + "; put llama.cpp's llama-bench on the PATH, or name it with --llama-bench",
          e);
    }
  }

  private static String lastLine(Path errors) throws IOException {
    byte[] bytes = Files.readAllBytes(errors);
    return new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .reduce((_, last) -> last.strip())
        .orElse("it printed no reason");
  }
}
