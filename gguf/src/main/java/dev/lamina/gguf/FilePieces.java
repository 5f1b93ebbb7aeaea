package dev.lamina.gguf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the pieces of a file that was cut without regard to what is in it, for sites that limit the
 * size of files: {@code X.gguf.part1of3}, {@code X.gguf-split-a}, {@code X.gguf.part-aa}, {@code
 * X.gguf.001} and the like.
 */
final class FilePieces {
  /** The number of pieces is part of the name. */
  private static final Pattern COUNTED =
      Pattern.compile("(.+\\.part[-_]?)([0-9]{1,5})([-_]?of[-_]?)([0-9]{1,5})");

  private static final Pattern LETTERS =
      Pattern.compile("(.+(?:[-.]split[-_.]?|\\.part[-_.]?|\\.gguf\\.))([a-z]{1,3})");

  private static final Pattern NUMBERS =
      Pattern.compile("(.+(?:[-.]split[-_.]?|\\.part[-_.]?|\\.gguf\\.))([0-9]{1,5})");

  private FilePieces() {}

  /**
   * All pieces of the file, the first one first, whichever of them is named; the path itself if it
   * is not named as a piece, or has no others beside it.
   *
   * @throws GgufFormatException if one is missing
   */
  static List<Path> of(Path path) {
    String name = String.valueOf(path.getFileName());
    Matcher counted = COUNTED.matcher(name);
    if (counted.matches()) {
      return counted(path, counted);
    }
    Matcher numbers = NUMBERS.matcher(name);
    if (numbers.matches()) {
      int first = Files.exists(numbered(path, numbers, 0, "")) ? 0 : 1;
      return consecutive(path, i -> numbered(path, numbers, first + i, ""));
    }
    Matcher letters = LETTERS.matcher(name);
    if (letters.matches()) {
      String prefix = letters.group(1);
      int width = letters.group(2).length();
      return consecutive(
          path,
          i -> letters(i, width) == null ? null : path.resolveSibling(prefix + letters(i, width)));
    }
    return List.of(path);
  }

  private static List<Path> counted(Path path, Matcher name) {
    int count = Integer.parseInt(name.group(4));
    int number = Integer.parseInt(name.group(2));
    if (number < 1 || number > count || count == 1) {
      return List.of(path);
    }
    List<Path> pieces = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      Path piece = numbered(path, name, i, name.group(3) + name.group(4));
      if (!Files.exists(piece)) {
        throw new GgufFormatException(
            Printable.escape(path.toString())
                + ": is piece "
                + number
                + " of "
                + count
                + " that a file was cut into, and piece "
                + i
                + " is missing, expected "
                + Printable.escape(piece.toString()));
      }
      pieces.add(piece);
    }
    return pieces;
  }

  /** Names say nothing of how many there are: all that exist without a gap. */
  private static List<Path> consecutive(Path path, IntFunction<Path> piece) {
    List<Path> pieces = new ArrayList<>();
    Path next = piece.apply(0);
    while (next != null && Files.exists(next)) {
      pieces.add(next);
      next = piece.apply(pieces.size());
    }
    return pieces.size() > 1 && pieces.contains(path) ? pieces : List.of(path);
  }

  /** The piece of a number, which is written with or without zeros in front. */
  private static Path numbered(Path path, Matcher name, int number, String end) {
    Path plain = path.resolveSibling(name.group(1) + number + end);
    int width = name.group(2).length();
    return Files.exists(plain)
        ? plain
        : path.resolveSibling(name.group(1) + String.format("%0" + width + "d", number) + end);
  }

  /** a, b, ... or aa, ab, ...; null when there are no more of this width. */
  private static String letters(int index, int width) {
    StringBuilder text = new StringBuilder();
    int rest = index;
    for (int i = 0; i < width; i++) {
      text.insert(0, (char) ('a' + rest % 26));
      rest /= 26;
    }
    return rest == 0 ? text.toString() : null;
  }
}
