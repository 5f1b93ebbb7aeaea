package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * Reads rows of a quantized type. It splits chunks into codes and scales, which stay in the
 * first-level cache.
 */
record CodedRows(Unpacker unpacker, int blockSize, int blockBytes, boolean scaleBytes)
    implements RowReader {
  static CodedRows of(TensorType type, Unpacker unpacker) {
    boolean scaleBytes = Packing.of(type, false).hasUnitScale();
    return new CodedRows(unpacker, type.blockSize(), type.blockBytes(), scaleBytes);
  }

  @Override
  public void decode(
      MemorySegment weights, long offset, int n, float[] dst, int at, Codes scratch) {
    int groupShift = unpacker.group() == 32 ? 5 : 4;
    for (int done = 0; done < n; done += Codes.CAPACITY) {
      int chunk = Math.min(Codes.CAPACITY, n - done);
      unpack(weights, offset, done, chunk, scratch);
      if (unpacker.hasMins()) {
        CodeKernels.decodeWithMins(scratch, groupShift, chunk, dst, at + done);
      } else {
        CodeKernels.decode(scratch, groupShift, chunk, dst, at + done);
      }
    }
  }

  @Override
  public float dot(MemorySegment weights, long offset, int n, float[] x, int xAt, Codes scratch) {
    float sum = 0;
    for (int done = 0; done < n; done += Codes.CAPACITY) {
      int chunk = Math.min(Codes.CAPACITY, n - done);
      unpack(weights, offset, done, chunk, scratch);
      if (unpacker.hasMins()) {
        int groupShift = unpacker.group() == 32 ? 5 : 4;
        sum += CodeKernels.dotWithMins(scratch, groupShift, chunk, x, xAt + done);
      } else if (unpacker.group() == 32) {
        sum += CodeKernels.dot32(scratch, chunk, x, xAt + done);
      } else {
        sum += CodeKernels.dot16(scratch, chunk, x, xAt + done);
      }
    }
    return sum;
  }

  private void unpack(MemorySegment weights, long offset, int from, int n, Codes dst) {
    long at = offset + (long) (from / blockSize) * blockBytes;
    unpacker.unpack(weights, at, n / blockSize, dst);
    if (scaleBytes) {
      CodeKernels.scales(dst, n / unpacker.group(), unpacker.hasMins());
    }
  }
}
