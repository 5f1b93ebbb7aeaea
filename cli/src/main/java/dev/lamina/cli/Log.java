package dev.lamina.cli;

import dev.lamina.cli.arguments.Arguments;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.output.LogFile;
import dev.lamina.gguf.output.OutputException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The log of a command, with llama.cpp's options for it.
 *
 * @param console for the command
 * @param errors stream for fatal errors
 * @param file second destination; a null stream if there is none
 */
record Log(Console console, PrintStream errors, OutputStream file) implements AutoCloseable {
  /**
   * Levels of {@code -lv}: up to the first one only errors are logged, from the second one on
   * everything.
   */
  private static final double ERRORS = 1;

  private static final double ALL = 4;

  /**
   * Opens the log.
   *
   * @param command whose options the arguments have
   * @throws CliException if the log file cannot be written, or is used for something else
   */
  static Log open(Console console, Arguments arguments, CommandSpec command) {
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
      List<Path> named = named(arguments.words(), command);
      if (!Files.exists(file) && named.stream().anyMatch(other -> isSame(other, file))) {
        throw new CliException(
            "--log-file: " + file + " is named for something else too; give the log another name");
      }
      OutputStream log = LogFile.open(file, named);
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

  /** The files named on the command line, read or written, with all parts of split models. */
  private static List<Path> named(List<String> words, CommandSpec command) {
    return words.stream()
        .flatMap(word -> names(word, command))
        .flatMap(Log::path)
        .flatMap(path -> GgufFile.filesNamed(path).stream())
        .toList();
  }

  /** The file names in a word; several are separated by commas. */
  private static Stream<String> names(String word, CommandSpec command) {
    int at = word.indexOf('=');
    OptionSpec option = at < 0 ? null : command.optionsMap().get(word.substring(0, at));
    if (option == null) {
      return Stream.of(word);
    }
    if (!List.of(option.auxiliaryTypes()).contains(Path.class)) {
      return Stream.of();
    }
    String value = word.substring(at + 1);
    return Stream.concat(Stream.of(value), Stream.of(value.split(",")));
  }

  private static boolean isSame(Path a, Path b) {
    return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
  }

  private static Stream<Path> path(String name) {
    try {
      return Stream.of(Path.of(name));
    } catch (InvalidPathException e) {
      return Stream.of(); // a text, say
    }
  }

  /** Reports the options that the command does not have. */
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
