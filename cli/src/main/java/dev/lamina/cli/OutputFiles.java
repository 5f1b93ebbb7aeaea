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

/** Files that commands write. */
final class OutputFiles {
  private static final long MEGA = 1_000_000;

  private OutputFiles() {}

  /**
   * Finds out before a command's work whether its result can be written. Every command calls this
   * for every file that it will write.
   *
   * @param output an option's value itself, if it is one
   * @param others what the command reads besides the files that its options name
   * @throws CliException if it cannot, or would replace a file that the command reads
   */
  static void check(CommandSpec spec, Path output, Path... others) {
    try {
      PendingFiles.check(output, inputs(spec, output, others));
    } catch (OutputException e) {
      throw failed(output, e);
    }
  }

  /**
   * The files that the options and parameters of a command name, with all parts of split models. A
   * second output counts too: two results in one file would be one too few.
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

  @SuppressWarnings("ReferenceEquality") // another option may name the same file
  private static void addPaths(Object value, Path output, List<Path> to) {
    if (value instanceof Path path && path != output) {
      to.add(path);
    } else if (value instanceof Collection<?> several) {
      several.forEach(each -> addPaths(each, output, to));
    }
  }

  /** The one line for an error while a file was written; nothing of it is left. */
  static CliException failed(Path output, IOException e) {
    return new CliException(OutputException.of(output, e).getMessage(), e);
  }

  /**
   * Bytes of a size as gguf-split takes it, {@code 500M} or {@code 2G}, in powers of 1000.
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
