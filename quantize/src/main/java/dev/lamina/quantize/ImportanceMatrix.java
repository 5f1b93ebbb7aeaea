package dev.lamina.quantize;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The importance of the columns of a model's matrices: sums of the squared activations that
 * multiply them, over a text.
 *
 * @param entries by the matrix' tensor name, in the order of the file
 * @param datasets names of the texts
 * @param chunkCount how many pieces of text were evaluated
 * @param chunkSize tokens of a piece; 0: unknown
 */
public record ImportanceMatrix(
    Map<String, Entry> entries, List<String> datasets, long chunkCount, long chunkSize) {

  public ImportanceMatrix {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    datasets = List.copyOf(datasets);
  }

  /** This matrix with other entries. */
  public ImportanceMatrix withEntries(Map<String, Entry> others) {
    return new ImportanceMatrix(others, datasets, chunkCount, chunkSize);
  }

  /** This matrix without the entries that have one of the texts in their names. */
  public ImportanceMatrix without(List<String> texts) {
    return filtered(name -> texts.stream().noneMatch(name::contains));
  }

  /** Only the entries of this matrix that have one of the texts in their names. */
  public ImportanceMatrix only(List<String> texts) {
    return filtered(name -> texts.stream().anyMatch(name::contains));
  }

  private ImportanceMatrix filtered(Predicate<String> wanted) {
    Map<String, Entry> some = new LinkedHashMap<>();
    entries.forEach((name, entry) -> {
      if (wanted.test(name)) {
        some.put(name, entry);
      }
    });
    return withEntries(some);
  }

  /** The importance of one matrix, or of the matrices of all experts. */
  public static final class Entry {
    private final float[] sums;
    private final float[] counts;

    /**
     * @param sums of squared activations, [counts.length, columns]; kept, not copied
     * @param counts of tokens, one for each expert or one for all; kept, not copied
     * @throws IllegalArgumentException if the one is no multiple of the other, or a value is not
     *     finite; the message says so
     */
    public Entry(float[] sums, float[] counts) {
      if (counts.length == 0 || sums.length == 0 || sums.length % counts.length != 0) {
        throw new IllegalArgumentException(
            sums.length + " sums do not belong to " + counts.length + " counts");
      }
      checkFinite(sums);
      checkFinite(counts);
      this.sums = sums;
      this.counts = counts;
    }

    private static void checkFinite(float[] values) {
      for (float value : values) {
        if (!Float.isFinite(value)) {
          throw new IllegalArgumentException("it contains " + value);
        }
      }
    }

    /** Columns of the matrix times experts. */
    public int size() {
      return sums.length;
    }

    /** One, or the number of experts. */
    int groups() {
      return counts.length;
    }

    float[] sums() {
      return sums;
    }

    float[] counts() {
      return counts;
    }

    /** Mean of the squared activations, [size]; 1 for experts that saw no token. */
    public float[] importance() {
      float[] result = new float[sums.length];
      int columns = sums.length / counts.length;
      for (int i = 0; i < result.length; i++) {
        long count = Math.round((double) counts[i / columns]);
        result[i] = count > 0 ? sums[i] / count : 1;
      }
      return result;
    }
  }

  /**
   * Reads a file of either layout: GGUF as llama-imatrix writes it today, or what it wrote before.
   *
   * @throws dev.lamina.gguf.GgufFormatException if it is neither
   */
  public static ImportanceMatrix read(Path path) {
    return ImportanceFile.isGguf(path) ? ImportanceFile.read(path) : LegacyImportance.read(path);
  }

  /** Writes it as a GGUF file, replacing one of that name. */
  public void write(Path path) throws IOException {
    ImportanceFile.write(this, path);
  }

  /** Writes llama.cpp's older layout, which keeps means and no counts. */
  public void writeLegacy(Path path) throws IOException {
    LegacyImportance.write(this, path);
  }
}
