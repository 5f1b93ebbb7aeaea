package dev.lamina.quantize;

import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.Printable;
import dev.lamina.gguf.output.PendingFiles;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The layout that llama-imatrix wrote before GGUF, usually named {@code imatrix.dat}: little-endian
 * numbers without a signature. The number of entries; for each the length of its name, the name,
 * how often it was called, the number of values, and each value times the calls; then the number of
 * chunks and the name of the text with its length, which old files lack.
 */
final class LegacyImportance {
  private static final int MAX_NAME_BYTES = 4096;

  private final ByteBuffer in;
  private final String source;

  private LegacyImportance(ByteBuffer in, String source) {
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    this.source = source;
  }

  static ImportanceMatrix read(Path path) {
    String source = Printable.escape(path.toString());
    try {
      if (Files.size(path) > Integer.MAX_VALUE - 8) {
        throw new GgufFormatException(source + ": is too large for an importance matrix");
      }
      return new LegacyImportance(ByteBuffer.wrap(Files.readAllBytes(path)), source).read();
    } catch (BufferUnderflowException e) {
      throw new GgufFormatException(
          source + ": is no importance matrix, or is damaged or not fully downloaded", e);
    } catch (IOException e) {
      throw new GgufFormatException(
          source + ": cannot be read: " + Printable.escape(String.valueOf(e.getMessage())), e);
    }
  }

  private ImportanceMatrix read() {
    int nEntries = length("entries", in.remaining());
    Map<String, ImportanceMatrix.Entry> entries = new LinkedHashMap<>();
    for (int i = 0; i < nEntries; i++) {
      String name = string(length("bytes of a name", MAX_NAME_BYTES));
      int calls = in.getInt();
      float[] sums = new float[length("values of " + Printable.quote(name), in.remaining() / 4)];
      in.asFloatBuffer().get(sums);
      in.position(in.position() + 4 * sums.length);
      try {
        entries.put(name, new ImportanceMatrix.Entry(sums, new float[] {Math.max(1, calls)}));
      } catch (IllegalArgumentException e) {
        throw new GgufFormatException(
            source + ": importance of " + Printable.quote(name) + ": " + e.getMessage(), e);
      }
    }
    int chunks = in.hasRemaining() ? in.getInt() : 0;
    List<String> datasets =
        in.hasRemaining() ? List.of(string(length("bytes of a name", MAX_NAME_BYTES))) : List.of();
    return new ImportanceMatrix(entries, datasets, chunks, 0);
  }

  private int length(String what, int max) {
    int value = in.getInt();
    if (value < 1 || value > max) {
      throw new GgufFormatException(
          source + ": is no importance matrix, or is damaged: it would have " + value + " " + what);
    }
    return value;
  }

  private String string(int nBytes) {
    byte[] bytes = new byte[nBytes];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static void write(ImportanceMatrix matrix, Path path) throws IOException {
    PendingFiles.write(
        path,
        channel -> {
          OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel));
          write(matrix, out);
          out.flush();
        });
  }

  private static void write(ImportanceMatrix matrix, OutputStream out) throws IOException {
    out.write(integer(matrix.entries().size()));
    for (Map.Entry<String, ImportanceMatrix.Entry> entry : matrix.entries().entrySet()) {
      write(out, entry.getKey());
      write(out, entry.getValue(), Math.max(1, matrix.chunkSize()));
    }
    out.write(integer((int) matrix.chunkCount()));
    write(out, matrix.datasets().isEmpty() ? "" : matrix.datasets().getFirst());
  }

  private static void write(OutputStream out, ImportanceMatrix.Entry entry, long chunkSize)
      throws IOException {
    float most = 0;
    for (float count : entry.counts()) {
      most = Math.max(most, count);
    }
    int calls = (int) Math.max(1, Math.ceilDiv((long) most, chunkSize));
    float[] means = entry.importance();
    out.write(integer(calls));
    out.write(integer(means.length));
    ByteBuffer values = ByteBuffer.allocate(4 * means.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float mean : means) {
      values.putFloat(mean * calls);
    }
    out.write(values.array());
  }

  private static void write(OutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(integer(bytes.length));
    out.write(bytes);
  }

  private static byte[] integer(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
