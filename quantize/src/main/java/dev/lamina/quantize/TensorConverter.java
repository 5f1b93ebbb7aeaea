package dev.lamina.quantize;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.Printable;
import dev.lamina.gguf.TensorData;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.quantize.RowQuantizer;
import dev.lamina.kernels.quantize.ScaleRangeException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * Dequantizes and quantizes the rows of a tensor, several pieces at once on all threads, and writes
 * them in order. Only the pieces in progress are in memory. A tensor that keeps its type is copied,
 * after a check of its weights.
 */
final class TensorConverter implements TensorData {
  /** Weights of a piece: enough work to hand over, and small beside the memory of a machine. */
  private static final int PIECE = 1 << 17;

  /** From here on a weight rounds to infinity in 16 bits. */
  private static final float F16_LIMIT = 65520;

  /** Of rows whose weights fit an array and their blocks a buffer. */
  private static final long MOST_COLUMNS = Integer.MAX_VALUE / 8;

  private static final long WAIT_NANOS = 100_000;

  private final PlannedTensor tensor;
  private final RowQuantizer quantizer;
  private final float[][] importance;
  private final Workers workers;
  private final LongConsumer progress;
  private final int columns;
  private final int rowsOfPiece;

  /**
   * The threads that convert.
   *
   * @param count how many of them
   */
  record Workers(ExecutorService pool, int count) {}

  /** A piece in progress: {@code done} gives its blocks. */
  private record Piece(Future<MemorySegment> done, Buffers buffers, long sourceBytes) {}

  /** Room for a piece. */
  private record Buffers(float[] weights, MemorySegment blocks) {}

  /**
   * @param quantizer null: the rows are copied
   * @param importance of the columns for each expert, [experts, columns]; null: none
   * @param progress told how many bytes of the source are done
   */
  TensorConverter(
      PlannedTensor tensor,
      RowQuantizer quantizer,
      float[][] importance,
      Workers workers,
      LongConsumer progress) {
    this.tensor = tensor;
    this.quantizer = quantizer;
    this.importance = importance;
    this.workers = workers;
    this.progress = progress;
    GgufTensor source = tensor.source();
    if (source.columns() > MOST_COLUMNS) {
      throw new QuantizeException(
          "tensor " + Printable.quote(source.name()) + " has rows too long to be converted");
    }
    this.columns = (int) source.columns();
    this.rowsOfPiece = (int) Math.min(source.rows(), Math.max(1, PIECE / columns));
  }

  /** Whether the weights of a tensor can be looked at, as is done when they are copied. */
  static boolean canCheck(GgufTensor source) {
    return source.type().holdsWeights() && source.columns() <= MOST_COLUMNS;
  }

  @Override
  public void writeTo(WritableByteChannel out) throws IOException {
    Deque<Piece> pieces = new ArrayDeque<>();
    Deque<Buffers> free = new ArrayDeque<>();
    try (Arena arena = Arena.ofShared()) {
      try {
        long bytes = tensor.type().bytes(columns) * rowsOfPiece;
        for (int i = 0; i < 2 * workers.count; i++) {
          free.add(new Buffers(new float[rowsOfPiece * columns], arena.allocate(bytes, 64)));
        }
        long rows = tensor.source().rows();
        for (long row = 0; row < rows; row += rowsOfPiece) {
          if (free.isEmpty()) {
            free.add(finish(pieces.remove(), out));
          }
          pieces.add(start(row, (int) Math.min(rowsOfPiece, rows - row), free.remove()));
        }
        while (!pieces.isEmpty()) {
          finish(pieces.remove(), out);
        }
      } finally {
        abandon(pieces);
      }
    }
  }

  private Piece start(long firstRow, int nRows, Buffers buffers) {
    long sourceBytes = tensor.source().type().bytes(columns) * nRows;
    return new Piece(
        workers.pool.submit(() -> convert(firstRow, nRows, buffers)), buffers, sourceBytes);
  }

  private Buffers finish(Piece piece, WritableByteChannel out) throws IOException {
    try {
      out.write(piece.done.get().asByteBuffer());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case Throwable cause -> throw new IllegalStateException(cause);
      }
    }
    progress.accept(piece.sourceBytes);
    return piece.buffers;
  }

  /** Waits for the pieces in progress before their buffers are freed. */
  private static void abandon(Deque<Piece> pieces) {
    for (Piece piece : pieces) {
      while (!piece.done.isDone()) {
        LockSupport.parkNanos(WAIT_NANOS);
      }
    }
  }

  private MemorySegment convert(long firstRow, int nRows, Buffers buffers) {
    GgufTensor source = tensor.source();
    long sourceRow = source.type().bytes(columns);
    float[] weights = buffers.weights;
    source.dequantize(firstRow * sourceRow, nRows * columns, weights, 0);
    check(firstRow, nRows, weights);
    if (quantizer == null) {
      source.copy(firstRow * sourceRow, buffers.blocks, 0, nRows * sourceRow);
      return buffers.blocks.asSlice(0, nRows * sourceRow);
    }
    try {
      quantize(firstRow, nRows, buffers);
    } catch (ScaleRangeException e) {
      throw tooLarge(firstRow, nRows, weights, e);
    }
    return buffers.blocks.asSlice(0, nRows * tensor.type().bytes(columns));
  }

  private void quantize(long firstRow, int nRows, Buffers buffers) {
    GgufTensor source = tensor.source();
    long targetRow = tensor.type().bytes(columns);
    float[] weights = buffers.weights;
    for (int i = 0; i < nRows; ) {
      int expert = expert(firstRow + i, source);
      int end = i + 1;
      while (end < nRows && expert(firstRow + end, source) == expert) {
        end++;
      }
      quantizer.quantizeRows(
          weights,
          i * columns,
          end - i,
          columns,
          importance == null ? null : importance[expert],
          buffers.blocks,
          i * targetRow,
          targetRow);
      i = end;
    }
  }

  private int expert(long row, GgufTensor source) {
    return importance == null ? 0 : TensorImportance.expert(source, row, importance);
  }

  private void check(long firstRow, int nRows, float[] weights) {
    float limit = tensor.type() == TensorType.F16 ? F16_LIMIT : Float.POSITIVE_INFINITY;
    for (int i = 0; i < nRows * columns; i++) {
      if (!(Math.abs(weights[i]) < limit)) {
        throw unfit(firstRow, i, weights[i], null);
      }
    }
  }

  /** The error for the largest of some weights, one of which exceeds what the scales can be. */
  private QuantizeException tooLarge(
      long firstRow, int nRows, float[] weights, ScaleRangeException cause) {
    int largest = 0;
    for (int i = 1; i < nRows * columns; i++) {
      if (Math.abs(weights[i]) > Math.abs(weights[largest])) {
        largest = i;
      }
    }
    return unfit(firstRow, largest, weights[largest], cause);
  }

  private QuantizeException unfit(long firstRow, int index, float weight, Throwable cause) {
    return new QuantizeException(
        "tensor %s: the weight in row %d, column %d is %s, which %s cannot hold; %s"
            .formatted(
                Printable.quote(tensor.name()),
                firstRow + index / columns,
                index % columns,
                weight,
                tensor.type(),
                Float.isFinite(weight) ? "take BF16 or F32" : "the model is damaged"),
        cause);
  }
}
