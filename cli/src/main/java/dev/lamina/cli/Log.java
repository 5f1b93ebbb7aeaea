package dev.lamina.cli;

import dev.lamina.cli.arguments.Arguments;
import dev.lamina.engine.gguf.GgufFile;
import dev.lamina.engine.output.LogFile;
import dev.lamina.engine.output.OutputException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a command tells what it does, by llama.cpp's options for that.
 *
 * @param console for the command
 * @param errors for what ends it
 * @param file what is also written to; of nothing if there is none
 */
record Log(Console console, PrintStream errors, OutputStream file) implements AutoCloseable {
  /** Levels of {@code -lv}: up to the first errors alone are told, from the second on all. */
  private static final double ERRORS = 1;

  private static final double ALL = 4;

  /**
   * @throws CliException if the file for it cannot be written
   */
  static Log open(Console console, Arguments arguments) {
    if (arguments.own().containsKey("--log-disable") || level(arguments) <= ERRORS) {
      OutputStream nothing = OutputStream.nullOutputStream();
      return new Log(console.withErr(nothing), console.err(), nothing);
    }
    String name = arguments.own().get("--log-file");
    if (name == null) {
      return new Log(console, console.err(), OutputStream.nullOutputStream());
    }
    try {
      Path file = Path.of(name);
      OutputStream log = LogFile.open(file, existing(arguments.words()));
      Console both = console.withErr(new Both(console.err(), log));
      return new Log(both, both.err(), log);
    } catch (OutputException | InvalidPathException e) {
      throw new CliException("--log-file: " + e.getMessage(), e);
    }
  }

  /** Whether {@code -lv} asks for as much as {@code -v}. */
  static boolean isVerbose(Arguments arguments) {
    return level(arguments) >= ALL;
  }

  private static double level(Arguments arguments) {
    return Double.parseDouble(arguments.own().getOrDefault("-lv", "3"));
  }

  /** The files that words of the command line name, with all parts of split models. */
  private static List<Path> existing(List<String> words) {
    return words.stream()
        .map(word -> word.startsWith("-") ? word.substring(word.indexOf('=') + 1) : word)
        .filter(Log::isFile)
        .flatMap(word -> GgufFile.filesNamed(Path.of(word)).stream())
        .toList();
  }

  private static boolean isFile(String word) {
    try {
      return Files.exists(Path.of(word));
    } catch (InvalidPathException e) {
      return false; // a text, say
    }
  }

  /** Tells what became of options that the command does not have. */
  void tell(Arguments arguments, boolean verbose) {
    Stream<String> remarks =
        verbose ? arguments.remarks().stream().map("note: "::concat) : Stream.of();
    Stream.concat(remarks, arguments.warnings().stream().map("warning: "::concat))
        .map(SafeText::oneLine)
        .forEach(console.err()::println);
  }

  @Override
  public void close() {
    console.err().flush();
    try {
      file.close();
    } catch (IOException e) {
      throw new CliException("cannot write the log file: " + e.getMessage(), e);
    }
  }

  private static final class Both extends FilterOutputStream {
    private final OutputStream file;

    Both(OutputStream first, OutputStream file) {
      super(first);
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      file.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
      out.flush();
      file.flush();
    }
  }
}
