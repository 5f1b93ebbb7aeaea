package dev.lamina.kernels.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Unaligned little-endian reads, as block formats need them. */
public final class LittleEndian {
  public static final ValueLayout.OfShort I16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private LittleEndian() {}

  /** A signed byte. */
  public static byte i8(MemorySegment src, long offset) {
    return src.get(ValueLayout.JAVA_BYTE, offset);
  }

  /** An unsigned byte, 0 to 255. */
  public static int u8(MemorySegment src, long offset) {
    return src.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
  }

  /** An unsigned 16-bit integer, 0 to 65535. */
  public static int u16(MemorySegment src, long offset) {
    return src.get(I16, offset) & 0xffff;
  }

  public static int i32(MemorySegment src, long offset) {
    return src.get(I32, offset);
  }

  public static long i64(MemorySegment src, long offset) {
    return src.get(I64, offset);
  }

  /** An IEEE 754 binary16 number, widened exactly. */
  public static float f16(MemorySegment src, long offset) {
    return Float.float16ToFloat(src.get(I16, offset));
  }

  public static float f32(MemorySegment src, long offset) {
    return src.get(F32, offset);
  }

  public static double f64(MemorySegment src, long offset) {
    return src.get(F64, offset);
  }
}
