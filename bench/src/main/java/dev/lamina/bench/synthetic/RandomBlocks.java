package dev.lamina.bench.synthetic;

import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/**
 * Random valid blocks of one tensor type. Their elements have a mean near 0 and a chosen root mean
 * square: the codes are random bits, and the scales are set to fit.
 */
public final class RandomBlocks {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int BUFFER_BYTES = 1 << 20;
  private static final int CALIBRATION_ELEMENTS = 1 << 16;

  private final TensorType type;
  private final ScaleTable scales;

  /** Whole blocks and a tail, since longs are written. */
  private final byte[] buffer;

  private final int usableBytes;
  private long state;

  /**
   * @param rms of the elements
   * @param seed equal seeds give equal blocks
   * @throws IllegalArgumentException if the type holds no weights
   */
  public RandomBlocks(TensorType type, float rms, long seed) {
    this.type = type;
    this.state = seed;
    this.usableBytes = BUFFER_BYTES / type.blockBytes() * type.blockBytes();
    this.buffer = new byte[usableBytes + Long.BYTES];
    this.scales = new ScaleTable(type);
    scales.set(1);
    scales.set((float) (rms / measuredRms()));
  }

  /**
   * Writes blocks.
   *
   * @param bytes a whole number of blocks
   */
  public void writeTo(WritableByteChannel out, long bytes) throws IOException {
    for (long at = 0; at < bytes; at += usableBytes) {
      int n = (int) Math.min(usableBytes, bytes - at);
      next(n);
      out.write(ByteBuffer.wrap(buffer, 0, n));
    }
  }

  private double measuredRms() {
    int n = Math.max(type.blockSize(), CALIBRATION_ELEMENTS / type.blockSize() * type.blockSize());
    next((int) type.bytes(n));
    float[] values = new float[n];
    type.format().dequantize(MemorySegment.ofArray(buffer), 0, n, values, 0);
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / n);
  }

  /** Puts {@code n} bytes of new blocks into the buffer. */
  private void next(int n) {
    for (int i = 0; i < n; i += Long.BYTES) {
      LONG.set(buffer, i, random());
    }
    for (int block = 0; block < n; block += type.blockBytes()) {
      finish(block);
    }
  }

  /** SplitMix64 (Steele, Lea, Flood 2014). */
  private long random() {
    state += 0x9e3779b97f4a7c15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Makes a block of random bits valid: the scales, and codes that do not occur. */
  private void finish(int block) {
    switch (type) {
      case F32 -> INT.set(buffer, block, scales.floatBits((int) INT.get(buffer, block)));
      case BF16 -> SHORT.set(buffer, block, (short) (scales.floatBits(bits(block)) >>> 16));
      case F16, Q4_0, Q5_0, IQ4_NL, IQ4_XS -> signedHalf(block);
      case Q4_1, Q5_1, Q4_K, Q5_K -> halfAndMin(block);
      case Q2_K -> halfAndMin(block + 80);
      case IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS, IQ3_S, IQ1_S -> half(block);
      case Q3_K -> signedHalf(block + 108);
      case Q6_K -> signedHalf(block + 208);
      case TQ1_0 -> half(block + 52);
      case Q8_0 -> {
        half(block);
        // Quantizers never give -128, and kernels rely on it.
        replaceMinus128(block + 2, 32);
      }
      case TQ2_0 -> {
        half(block + 64);
        replaceCode3(block, 64);
      }
      case IQ1_M -> scatterHalf(block + 48);
      case MXFP4 -> buffer[block] = scales.byteCode(bits(block));
      case NVFP4 -> {
        for (int i = 0; i < 4; i++) {
          buffer[block + i] = scales.byteCode(bits(block + 4 + 8 * i));
        }
      }
      case Q8_1, Q8_K, Q1_0, Q2_0, I8, I16, I32, I64, F64 ->
          throw new IllegalArgumentException("tensor type " + type + " holds no weights");
    }
  }

  private int bits(int at) {
    return (short) SHORT.get(buffer, at);
  }

  private void half(int at) {
    SHORT.set(buffer, at, (short) scales.half(bits(at)));
  }

  private void signedHalf(int at) {
    int bits = bits(at);
    SHORT.set(buffer, at, (short) (scales.half(bits) | (bits & 0x8000)));
  }

  private void halfAndMin(int at) {
    int bits = bits(at);
    SHORT.set(buffer, at, (short) scales.half(bits));
    SHORT.set(buffer, at + 2, (short) scales.min(bits));
  }

  /** IQ1_M: four bits of the scale on top of each of four 16-bit groups. */
  private void scatterHalf(int at) {
    int half = scales.half(bits(at));
    for (int i = 0; i < 4; i++) {
      int group = bits(at + 2 * i) & 0x0fff;
      SHORT.set(buffer, at + 2 * i, (short) (group | (half >>> (4 * i) & 0xf) << 12));
    }
  }

  private void replaceMinus128(int at, int n) {
    for (int i = at; i < at + n; i++) {
      if (buffer[i] == -128) {
        buffer[i] = -127;
      }
    }
  }

  /** Ternary codes are 0 to 2; of every 3 makes a 1, the code of weight 0. */
  private void replaceCode3(int at, int n) {
    for (int i = at; i < at + n; i++) {
      int both = buffer[i] & (buffer[i] >>> 1) & 0x55;
      buffer[i] ^= (byte) (both << 1);
    }
  }
}
