package dev.lamina.gguf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes the parts of a split file, {@code NAME-00001-of-0000N.gguf}: the metadata is in the first,
 * each has its number, the count of parts and that of all tensors.
 */
public final class SplitWriter {
  private static final String ENDING = ".gguf";

  private SplitWriter() {}

  /**
   * The parts' paths.
   *
   * @param target the name that the whole would have; its ending may be missing
   */
  public static List<Path> paths(Path target, int count) {
    String name = target.getFileName().toString();
    String prefix =
        name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
    List<Path> paths = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      paths.add(target.resolveSibling(SplitParts.partName(prefix, i, count)));
    }
    return paths;
  }

  /**
   * Writes all parts, which take their names when all are written.
   *
   * @param metadata puts the first part's keys, without those of splitting
   * @param parts the tensors of each, at least one part
   */
  public static void write(Path target, Consumer<GgufWriter> metadata, List<List<TensorSpec>> parts)
      throws IOException {
    int total = parts.stream().mapToInt(List::size).sum();
    List<Path> paths = paths(target, parts.size());
    Map<Path, GgufWriter> writers = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      GgufWriter writer = new GgufWriter();
      if (i == 0) {
        metadata.accept(writer);
      }
      writer
          .put(SplitParts.NUMBER, ValueType.U16, i)
          .put(SplitParts.COUNT, ValueType.U16, parts.size())
          .put(SplitParts.TENSORS, ValueType.I32, total);
      parts.get(i).forEach(writer::tensor);
      writers.put(paths.get(i), writer);
    }
    GgufWriter.writeAll(writers);
  }
}
