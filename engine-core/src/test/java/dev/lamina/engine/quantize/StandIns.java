package dev.lamina.engine.quantize;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.quantize.RowQuantizer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Simple quantisers of few types, exact; blocks of other types are left zero. */
final class StandIns {
  private StandIns() {}

  static RowQuantizer of(TensorType type) {
    return switch (type) {
      case F32 ->
          (x, at, n, _, dst, offset) -> {
            for (int i = 0; i < n; i++) {
              dst.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset + 4L * i, x[at + i]);
            }
          };
      case F16 ->
          (x, at, n, _, dst, offset) -> {
            for (int i = 0; i < n; i++) {
              putShort(dst, offset + 2L * i, Float.floatToFloat16(x[at + i]));
            }
          };
      case BF16 ->
          (x, at, n, _, dst, offset) -> {
            for (int i = 0; i < n; i++) {
              int bits = Float.floatToRawIntBits(x[at + i]);
              putShort(dst, offset + 2L * i, (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16));
            }
          };
      case Q8_0 ->
          (x, at, n, _, dst, offset) -> {
            for (int i = 0; i < n; i += 32) {
              q8(x, at + i, dst, offset + i / 32 * 34L);
            }
          };
      default -> (_, _, n, _, dst, offset) -> dst.asSlice(offset, type.bytes(n)).fill((byte) 0);
    };
  }

  private static void q8(float[] x, int at, MemorySegment dst, long offset) {
    float max = 0;
    for (int i = 0; i < 32; i++) {
      max = Math.max(max, Math.abs(x[at + i]));
    }
    float scale = max / 127;
    float inverse = scale == 0 ? 0 : 1 / scale;
    putShort(dst, offset, Float.floatToFloat16(scale));
    for (int i = 0; i < 32; i++) {
      float value = x[at + i] * inverse;
      int code = (int) (value + Math.copySign(0.5f, value));
      dst.set(ValueLayout.JAVA_BYTE, offset + 2 + i, (byte) code);
    }
  }

  private static void putShort(MemorySegment dst, long offset, short value) {
    dst.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, value);
  }
}
