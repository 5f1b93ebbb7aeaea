package dev.lamina.cli;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.output.OutputException;
import dev.lamina.gguf.output.PendingFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Checks files that commands write. */
final class OutputFiles {
  private static final long MEGA = 1_000_000;

  private OutputFiles() {}

  /**
   * Checks, before a command's work, that its result can be written. Every command calls this for
   * every file that it will write.
   *
   * @param output the value of an option, if it comes from one
   * @param others files that the command reads besides those that its options name
   * @throws CliException if it cannot be written, or would replace a file that the command reads
   */
  static void check(CommandSpec spec, Path output, Path... others) {
    try {
      PendingFiles.check(output, inputs(spec, output, others));
    } catch (OutputException e) {
      throw failed(output, e);
    }
  }

  /**
   * The files that the options and parameters of a command name, with all parts of split models.
   * This includes other outputs, because two results must not go to the same file.
   *
   * @param output the value that is left out
   */
  static List<Path> inputs(CommandSpec spec, Path output, Path... others) {
    List<Path> named = new ArrayList<>(List.of(others));
    for (ArgSpec arg : spec.args()) {
      addPaths(arg.getValue(), output, named);
    }
    return named.stream().flatMap(path -> GgufFile.filesNamed(path).stream()).toList();
  }

  @SuppressWarnings("ReferenceEquality") // another option could name the same file
  private static void addPaths(Object value, Path output, List<Path> to) {
    if (value instanceof Path path && path != output) {
      to.add(path);
    } else if (value instanceof Collection<?> several) {
      several.forEach(each -> addPaths(each, output, to));
    }
  }

  /** The error for a failure while a file was written. Nothing of the file is left. */
  static CliException failed(Path output, IOException e) {
    return new CliException(OutputException.of(output, e).getMessage(), e);
  }

  /**
   * Bytes of a size in gguf-split's form, {@code 500M} or {@code 2G}, in powers of 1000.
   *
   * @throws IllegalArgumentException if it is not of this form
   */
  static long size(String option, String text) {
    if (!text.matches("[1-9][0-9]{0,8}[MG]")) {
      throw new IllegalArgumentException(
          option + " is '" + text + "', expected megabytes or gigabytes such as 500M or 50G");
    }
    long number = Long.parseLong(text.substring(0, text.length() - 1));
    return number * (text.endsWith("G") ? 1000 * MEGA : MEGA);
  }
}
