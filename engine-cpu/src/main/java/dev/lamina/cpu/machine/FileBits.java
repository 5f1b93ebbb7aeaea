package dev.lamina.cpu.machine;

import dev.lamina.cpu.kernel.Packing;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.IQ4_NL;
import dev.lamina.kernels.format.IQ4_XS;
import dev.lamina.kernels.format.MXFP4;
import dev.lamina.kernels.format.NVFP4;
import dev.lamina.kernels.format.Q2_K;
import dev.lamina.kernels.format.Q3_K;
import dev.lamina.kernels.format.Q4_0;
import dev.lamina.kernels.format.Q4_1;
import dev.lamina.kernels.format.Q4_K;
import dev.lamina.kernels.format.Q5_0;
import dev.lamina.kernels.format.Q5_1;
import dev.lamina.kernels.format.Q5_K;
import dev.lamina.kernels.format.Q6_K;
import dev.lamina.kernels.format.Q8_0;
import dev.lamina.kernels.format.TQ2_0;
import java.util.ArrayList;
import java.util.List;

/**
 * The places of indices and scales in a block of the file, for types with indices that only need to
 * be moved to fit {@link Packing}. Offsets are bytes from the start of the block.
 *
 * @param low the low bits
 * @param high the high ones; null if there are none
 * @param scales offsets of the four-byte words that contain scales and mins
 */
record FileBits(Plane low, Plane high, List<Integer> scales) {

  /**
   * Some bits of all columns. A run of columns has one byte each; the next run is in the next
   * higher bits of the same bytes. When these are full, the next bytes follow.
   *
   * @param bits of a column: 1, 2, 4 or 8
   * @param run columns; 0 if the bits of all 32 columns follow each other
   */
  record Plane(int offset, int bits, int run) {
    boolean inOrder() {
      return run == 0;
    }

    /** Offset of a column's byte; with bits in order, of all bytes. */
    int at(int column) {
      return inOrder() ? offset : offset + column / (run * 8 / bits) * run + column % run;
    }

    /** Place of a column's bits in its byte. */
    int shift(int column) {
      return inOrder() ? column : bits * (column / run % (8 / bits));
    }
  }

  /** The places for a type; null if the type is of another kind. */
  static FileBits of(TensorType type) {
    return switch (type) {
      case Q4_0 -> of(new Plane(Q4_0.QS, 4, 16), null, Q4_0.D, 0, 0);
      case Q4_1 -> of(new Plane(Q4_1.QS, 4, 16), null, Q4_1.D, 0, 0);
      case Q5_0 -> of(new Plane(Q5_0.QS, 4, 16), new Plane(Q5_0.QH, 1, 0), Q5_0.D, 0, 0);
      case Q5_1 -> of(new Plane(Q5_1.QS, 4, 16), new Plane(Q5_1.QH, 1, 0), Q5_1.D, 0, 0);
      case Q8_0 -> of(new Plane(Q8_0.QS, 8, 32), null, Q8_0.D, 0, 0);
      case Q2_K -> of(new Plane(Q2_K.QS, 2, 32), null, Q2_K.D, Q2_K.SCALES, 16);
      case Q3_K -> {
        Plane high = new Plane(Q3_K.HMASK, 1, 32);
        yield of(new Plane(Q3_K.QS, 2, 32), high, Q3_K.D - 2, Q3_K.SCALES, 12);
      }
      case Q4_K -> of(new Plane(Q4_K.QS, 4, 32), null, Q4_K.D, Q4_K.SCALES, 12);
      case Q5_K -> {
        Plane high = new Plane(Q5_K.QH, 1, 32);
        yield of(new Plane(Q5_K.QS, 4, 32), high, Q5_K.D, Q5_K.SCALES, 12);
      }
      case Q6_K -> {
        Plane high = new Plane(Q6_K.QH, 2, 32);
        yield of(new Plane(Q6_K.QL, 4, 64), high, Q6_K.D - 2, Q6_K.SCALES, 16);
      }
      case IQ4_NL -> of(new Plane(IQ4_NL.QS, 4, 16), null, IQ4_NL.D, 0, 0);
      case IQ4_XS -> of(new Plane(IQ4_XS.QS, 4, 16), null, IQ4_XS.D, IQ4_XS.SCALES_L, 4);
      case MXFP4 -> of(new Plane(MXFP4.QS, 4, 16), null, MXFP4.E, 0, 0);
      case NVFP4 -> of(new Plane(NVFP4.QS, 4, 8), null, NVFP4.D, 0, 0);
      case TQ2_0 -> of(new Plane(TQ2_0.QS, 2, 32), null, TQ2_0.D - 2, 0, 0);
      default -> null;
    };
  }

  /** With a word at d, and words for this number of bytes of scales. */
  private static FileBits of(Plane low, Plane high, int d, int scales, int bytes) {
    List<Integer> fours = new ArrayList<>(List.of(d));
    for (int at = 0; at < bytes; at += 4) {
      fours.add(scales + at);
    }
    return new FileBits(low, high, fours);
  }

  /** Offsets of all fours of bytes in a block of so many columns. */
  List<Integer> fours(int columns) {
    List<Integer> fours = new ArrayList<>(scales);
    for (Plane plane : high == null ? List.of(low) : List.of(low, high)) {
      for (int at = 0; at < columns * plane.bits / 8; at += 4) {
        fours.add(plane.offset + at);
      }
    }
    return fours;
  }
}
