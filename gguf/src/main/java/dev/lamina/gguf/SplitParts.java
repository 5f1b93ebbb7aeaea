package dev.lamina.gguf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Finds and checks the parts of a split file, {@code NAME-00001-of-0000N.gguf}. */
final class SplitParts {
  static final String NUMBER = "split.no";
  static final String COUNT = "split.count";
  static final String TENSORS = "split.tensors.count";
  static final Set<String> KEYS = Set.of(NUMBER, COUNT, TENSORS);
  private static final int MAX_PARTS = 99_999;
  private static final Pattern NAME = Pattern.compile("(.*)-([0-9]{5})-of-([0-9]{5})\\.gguf");

  private SplitParts() {}

  /** Parts of the whole; 1 for a file that is not split. */
  static int count(GgufPart part) {
    int count = part.metadata().integer(COUNT, 1);
    if (count < 0 || count > MAX_PARTS) {
      throw invalid(part, COUNT, count, "0 to " + MAX_PARTS);
    }
    return Math.max(1, count); // gguf-split leaves a 0 in files that it merged
  }

  /**
   * All parts, the first one first.
   *
   * @param read reads a part that exists
   */
  static List<GgufPart> readAll(Path path, GgufPart first, Function<Path, GgufPart> read) {
    int count = count(first);
    if (count == 1) {
      return List.of(first);
    }
    Matcher name = NAME.matcher(String.valueOf(path.getFileName()));
    boolean matches = name.matches();
    int number = first.metadata().integer(NUMBER);
    if (number != 0) {
      String wanted = partName(matches ? name.group(1) : "NAME", 1, count);
      throw new GgufFormatException(
          first.name()
              + ": is part "
              + (number + 1L)
              + " of "
              + count
              + "; open the first part, "
              + Printable.escape(wanted));
    }
    if (!matches || !path.getFileName().toString().equals(partName(name.group(1), 1, count))) {
      throw new GgufFormatException(
          first.name()
              + ": is part 1 of "
              + count
              + ", whose others are found by name; expected it to be named "
              + partName("NAME", 1, count));
    }
    List<GgufPart> parts = new ArrayList<>(List.of(first));
    for (int i = 1; i < count; i++) {
      Path other = path.resolveSibling(partName(name.group(1), i + 1, count));
      if (!Files.exists(other)) {
        throw new GgufFormatException(
            first.name()
                + ": part "
                + (i + 1)
                + " of "
                + count
                + " is missing, expected "
                + Printable.escape(other.toString()));
      }
      GgufPart part = read.apply(other);
      checkPart(part, i, first);
      parts.add(part);
    }
    checkTensorCount(parts);
    return List.copyOf(parts);
  }

  /** Paths of all parts, from the first part. */
  static List<Path> paths(Path first, int count) {
    Matcher name = NAME.matcher(String.valueOf(first.getFileName()));
    if (count == 1 || !name.matches()) {
      return List.of(first);
    }
    return IntStream.rangeClosed(1, count)
        .mapToObj(number -> first.resolveSibling(partName(name.group(1), number, count)))
        .toList();
  }

  /** Paths of all parts of a file of which any is named; the path itself unless it is a part. */
  static List<Path> pathsNamed(Path part) {
    Matcher name = NAME.matcher(String.valueOf(part.getFileName()));
    return name.matches() ? paths(part, Integer.parseInt(name.group(3))) : List.of(part);
  }

  static String partName(String prefix, int number, int count) {
    return String.format("%s-%05d-of-%05d.gguf", prefix, number, count);
  }

  private static void checkPart(GgufPart part, int number, GgufPart first) {
    expect(part, NUMBER, number);
    expect(part, COUNT, count(first));
    if (first.metadata().contains(TENSORS)) {
      expect(part, TENSORS, first.metadata().integer(TENSORS));
    }
  }

  private static void expect(GgufPart part, String key, int expected) {
    int value = part.metadata().integer(key);
    if (value != expected) {
      throw invalid(part, key, value, expected + " as the first part has it");
    }
  }

  private static void checkTensorCount(List<GgufPart> parts) {
    GgufPart first = parts.getFirst();
    int total = parts.stream().mapToInt(p -> p.table().size()).sum();
    int expected = first.metadata().integer(TENSORS, total);
    if (expected != total) {
      throw invalid(first, TENSORS, expected, total + ", the tensors of all parts");
    }
  }

  /** The tensors of all parts, in their order. */
  static Map<String, GgufTensor> merge(List<GgufPart> parts) {
    if (parts.size() == 1) {
      return parts.getFirst().tensors();
    }
    Map<String, GgufTensor> all = new LinkedHashMap<>();
    for (GgufPart part : parts) {
      for (GgufTensor tensor : part.tensors().values()) {
        if (all.put(tensor.name(), tensor) != null) {
          throw new GgufFormatException(
              part.name()
                  + ": tensor "
                  + Printable.quote(tensor.name())
                  + ": is also in an earlier part, expected unique names");
        }
      }
    }
    return Collections.unmodifiableMap(all);
  }

  private static GgufFormatException invalid(
      GgufPart part, String key, int value, String expected) {
    return new GgufFormatException(
        part.name() + ": metadata key " + key + " is " + value + ", expected " + expected);
  }
}
