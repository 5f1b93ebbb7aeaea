package dev.lamina.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The three standard streams, as UTF-8.
 *
 * @param in standard input
 * @param out results; buffered, and throws {@link OutputClosedException} where a plain PrintStream
 *     would swallow the error
 * @param err everything else
 */
record Console(InputStream in, PrintStream out, PrintStream err) {
  private static final int BUFFER = 1 << 13;

  /** The streams of the process. */
  static Console system() {
    return of(
        new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err));
  }

  static Console of(InputStream in, OutputStream out, OutputStream err) {
    return new Console(
        in,
        new PrintStream(
            new BufferedOutputStream(new Strict(out), BUFFER), false, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  /** The same with another stream for everything but results. */
  Console withErr(OutputStream other) {
    return new Console(in, out, new PrintStream(other, true, StandardCharsets.UTF_8));
  }

  /** All standard input as text, see {@link TextInput#decode}. */
  String readAll() {
    try {
      return TextInput.decode(TextInput.readAll(in, "standard input"));
    } catch (IOException e) {
      throw new CliException("cannot read standard input: " + e.getMessage(), e);
    }
  }

  /** Prints a line on standard output; always {@code \n}, for scripts on every system. */
  void line(String text) {
    out.print(text);
    out.print('\n');
  }

  private static final class Strict extends FilterOutputStream {
    Strict(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw new OutputClosedException(e);
      }
    }

    @Override
    public void flush() {
      try {
        out.flush();
      } catch (IOException e) {
        throw new OutputClosedException(e);
      }
    }
  }
}
