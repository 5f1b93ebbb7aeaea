package dev.lamina.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Lines from a pipe or a file. Ctrl-C ends the program, as it ends others in a pipe. */
final class PipedInput implements ChatInput {
  private final BufferedReader reader;

  PipedInput(Console console) {
    reader = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
  }

  @Override
  public String next() {
    try {
      String line = reader.readLine();
      if (line == null || !ChatInput.isContinued(line)) {
        return line;
      }
      StringBuilder message = new StringBuilder();
      while (line != null && ChatInput.isContinued(line)) {
        message.append(line, 0, line.length() - 1).append('\n');
        line = reader.readLine();
      }
      return message.append(line == null ? "" : line).toString();
    } catch (IOException e) {
      throw new CliException("cannot read standard input: " + e.getMessage(), e);
    }
  }

  @Override
  public void whileAnswering(Runnable onInterrupt, Runnable answer) {
    answer.run();
  }

  @Override
  public void close() {}
}
