package dev.lamina.quantize;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.Printable;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An importance matrix as a GGUF file: for a matrix NAME the tensors NAME.in_sum2, [columns,
 * experts], and NAME.counts, [1, experts].
 */
final class ImportanceFile {
  private static final String SUMS = ".in_sum2";
  private static final String COUNTS = ".counts";
  private static final String DATASETS = "imatrix.datasets";
  private static final String CHUNK_COUNT = "imatrix.chunk_count";
  private static final String CHUNK_SIZE = "imatrix.chunk_size";

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private ImportanceFile() {}

  /** Whether a file begins as GGUF files do; a missing one counts as such. */
  static boolean isGguf(Path path) {
    if (!Files.isRegularFile(path)) {
      return true; // the reader says what is wrong
    }
    try (InputStream in = Files.newInputStream(path)) {
      return Arrays.equals(in.readNBytes(4), "GGUF".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return true;
    }
  }

  static ImportanceMatrix read(Path path) {
    try (GgufFile file = GgufFile.open(path)) {
      Metadata metadata = file.metadata();
      Map<String, ImportanceMatrix.Entry> entries = new LinkedHashMap<>();
      for (GgufTensor sums : file.tensors().values()) {
        if (sums.name().endsWith(SUMS)) {
          String name = sums.name().substring(0, sums.name().length() - SUMS.length());
          entries.put(name, entry(file, name, sums));
        }
      }
      if (entries.isEmpty()) {
        throw new GgufFormatException(
            metadata.source() + ": is no importance matrix, expected tensors named *" + SUMS);
      }
      return new ImportanceMatrix(
          entries,
          metadata.strings(DATASETS),
          metadata.wide(CHUNK_COUNT),
          metadata.wide(CHUNK_SIZE));
    }
  }

  private static ImportanceMatrix.Entry entry(GgufFile file, String name, GgufTensor sums) {
    GgufTensor counts = file.tensors().get(name + COUNTS);
    if (counts == null) {
      throw new GgufFormatException(
          file.metadata().source() + ": tensor " + Printable.quote(name + COUNTS) + " is missing");
    }
    try {
      return new ImportanceMatrix.Entry(floats(sums), floats(counts));
    } catch (IllegalArgumentException e) {
      throw new GgufFormatException(
          file.metadata().source()
              + ": importance of "
              + Printable.quote(name)
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static float[] floats(GgufTensor tensor) {
    if (tensor.type() != TensorType.F32) {
      throw new IllegalArgumentException("is of type " + tensor.type() + ", expected F32");
    }
    long size = tensor.columns() * tensor.rows();
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("has " + size + " values, more than a matrix has columns");
    }
    float[] values = new float[(int) size];
    tensor.dequantize(0, values.length, values, 0);
    return values;
  }

  static void write(ImportanceMatrix matrix, Path path) throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .put("general.type", "imatrix")
            .strings(DATASETS, matrix.datasets())
            .u32(CHUNK_COUNT, matrix.chunkCount())
            .u32(CHUNK_SIZE, matrix.chunkSize());
    matrix
        .entries()
        .forEach((name, entry) -> {
          long groups = entry.groups();
          List<Long> sums = List.of(entry.size() / groups, groups);
          writer.tensor(name + SUMS, TensorType.F32, sums, segment(entry.sums()));
          writer.tensor(
              name + COUNTS, TensorType.F32, List.of(1L, groups), segment(entry.counts()));
        });
    writer.write(path);
  }

  private static MemorySegment segment(float[] values) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[4 * values.length]);
    MemorySegment.copy(values, 0, bytes, FLOAT, 0, values.length);
    return bytes;
  }
}
