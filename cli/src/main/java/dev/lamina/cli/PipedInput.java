package dev.lamina.cli;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;

/** Reads lines from a pipe or a file. Ctrl-C ends the program, as with other programs in a pipe. */
final class PipedInput implements ChatInput {
  private final InputStream in;
  private final boolean multiline;
  private BufferedReader reader;

  PipedInput(Console console, boolean multiline) {
    this.in = console.in();
    this.multiline = multiline;
  }

  @Override
  public String next() {
    try {
      if (reader == null) {
        reader = open(in);
      }
      String line = reader.readLine();
      if (line == null || !continues(line)) {
        return line == null ? null : ChatInput.join(line, multiline);
      }
      StringBuilder message = new StringBuilder(line);
      while (line != null && continues(message.toString())) {
        line = reader.readLine();
        message.append(line == null ? "" : "\n" + line);
      }
      return ChatInput.join(message.toString(), multiline);
    } catch (IOException e) {
      throw new CliException("cannot read standard input: " + e.getMessage(), e);
    }
  }

  private boolean continues(String line) {
    return ChatInput.isContinued(line, multiline);
  }

  /** Opens a reader with the encoding of a byte order mark, which is not part of the text. */
  private static BufferedReader open(InputStream in) throws IOException {
    BufferedInputStream bytes = new BufferedInputStream(in);
    bytes.mark(2);
    Charset charset = TextInput.charset(bytes.readNBytes(2));
    bytes.reset();
    BufferedReader reader = new BufferedReader(new InputStreamReader(bytes, charset));
    reader.mark(1);
    if (reader.read() != TextInput.MARK.charAt(0)) {
      reader.reset();
    }
    return reader;
  }

  @Override
  public void whileAnswering(Runnable onInterrupt, Runnable answer) {
    answer.run();
  }

  @Override
  public void close() {}
}
