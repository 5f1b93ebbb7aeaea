package dev.lamina.engine.check;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.Printable;
import dev.lamina.kernels.TensorType;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/** Searches the tensors of a file for values that only damage can cause: infinity and NaN. */
public final class TensorCheck {
  private static final int PIECE = 1 << 16;

  /** Number of pieces between two reports of progress. */
  private static final int PIECES_AT_ONCE = 256;

  private TensorCheck() {}

  /**
   * Checks all tensors, on all processors.
   *
   * @param progress told how many bytes are checked, from the calling thread
   * @throws GgufFormatException naming the first tensor with such a number, and its place
   */
  public static void check(GgufFile file, LongConsumer progress) {
    for (GgufTensor tensor : file.tensors().values()) {
      if (tensor.type().holdsWeights() || tensor.type() == TensorType.F64) {
        check(file.metadata().source(), tensor, progress);
      } else {
        progress.accept(tensor.byteSize());
      }
    }
  }

  private static void check(String source, GgufTensor tensor, LongConsumer progress) {
    long elements = tensor.columns() * tensor.rows();
    int piece = PIECE / tensor.type().blockSize() * tensor.type().blockSize();
    long step = (long) piece * PIECES_AT_ONCE;
    for (long at = 0; at < elements; at += step) {
      long end = Math.min(elements, at + step);
      long start = at;
      OptionalLong wrong =
          LongStream.range(0, Math.ceilDiv(end - start, piece))
              .parallel()
              .map(i -> firstWrong(tensor, start + i * piece, end, piece))
              .filter(place -> place >= 0)
              .min();
      if (wrong.isPresent()) {
        throw new GgufFormatException(
            source
                + ": tensor "
                + Printable.quote(tensor.name())
                + ": the weight in row "
                + wrong.getAsLong() / tensor.columns()
                + ", column "
                + wrong.getAsLong() % tensor.columns()
                + " is infinite or no number; the file is damaged");
      }
      progress.accept(tensor.type().bytes(end - start));
    }
  }

  /** Index of the first infinite or NaN element in a piece, or -1. */
  private static long firstWrong(GgufTensor tensor, long from, long end, int piece) {
    int n = (int) Math.min(piece, end - from);
    float[] values = new float[n];
    tensor.dequantize(tensor.type().bytes(from), n, values, 0);
    for (int i = 0; i < n; i++) {
      if (!Float.isFinite(values[i])) {
        return from + i;
      }
    }
    return -1;
  }
}
