package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.VecOp.VMOVDQU32;
import static dev.lamina.cpu.assembler.VecOp.VMULPS;
import static dev.lamina.cpu.assembler.VecOp.VPADDB;
import static dev.lamina.cpu.assembler.VecOp.VPADDD;
import static dev.lamina.cpu.assembler.VecOp.VPANDD;
import static dev.lamina.cpu.assembler.VecOp.VPMAXUD;
import static dev.lamina.cpu.assembler.VecOp.VPMULLD;
import static dev.lamina.cpu.assembler.VecOp.VPORD;
import static dev.lamina.cpu.assembler.VecOp.VPSLLD;
import static dev.lamina.cpu.assembler.VecOp.VPSRLD;
import static dev.lamina.cpu.assembler.VecOp.VPXORD;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.cpu.assembler.Vec;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.IQ4_XS;
import dev.lamina.kernels.format.MXFP4;
import dev.lamina.kernels.format.NVFP4;
import dev.lamina.kernels.format.Q2_K;
import dev.lamina.kernels.format.Q3_K;
import dev.lamina.kernels.format.Q4_K;
import dev.lamina.kernels.format.Q6_K;
import dev.lamina.kernels.format.TQ2_0;

/** The part of {@link PackKernel} that repacks the scales of a unit. */
final class PackScales {
  private static final int NIBBLES = 15 * CodeLines.EACH_BYTE;
  private static final int PAIRS = 3 * CodeLines.EACH_BYTE;
  private static final int LESS_32 = 0xe0e0e0e0;
  private static final int LOW = 0xffff;
  private static final int EACH_HALF = 0x00010001;

  /** Difference of the exponents of F32 and F16, in place. */
  private static final int REBIAS = 112 << 23;

  private final PackLines lines;
  private final Assembler a;
  private final TensorType type;
  private final Packing packing;
  private final int unit;
  private final Vec line;
  private final Vec even;
  private final Vec odd;
  private final Vec temp;

  PackScales(PackLines lines, TensorType type, Packing packing, int unit) {
    this.lines = lines;
    this.a = lines.a;
    this.type = type;
    this.packing = packing;
    this.unit = unit;
    this.line = lines.line;
    this.even = lines.even;
    this.odd = lines.odd;
    this.temp = lines.temp;
  }

  void emit() {
    switch (type) {
      case Q2_K -> {
        for (int i = 0; i < 4; i++) {
          Mem both = four(Q2_K.SCALES + 4 * i);
          lines.masked(even, both, 0, NIBBLES);
          lines.masked(odd, both, 4, NIBBLES);
          lines.interleave(2 * i);
        }
        unitScales(Q2_K.D);
      }
      case Q3_K -> {
        for (int i = 0; i < 4; i++) {
          sixBits(line, four(Q3_K.SCALES + 4 * (i & 1)), i / 2 * 4, four(Q3_K.SCALES + 8), 2 * i);
          a.op(VPADDB, line, line, lines.r.constant(LESS_32));
          lines.store(i, line);
        }
        unitScale(four(Q3_K.D - 2));
      }
      case Q4_K, Q5_K -> {
        Mem scales = four(Q4_K.SCALES);
        Mem mins = four(Q4_K.SCALES + 4);
        Mem last = four(Q4_K.SCALES + 8);
        lines.masked(even, scales, 0, 63 * CodeLines.EACH_BYTE);
        lines.masked(odd, mins, 0, 63 * CodeLines.EACH_BYTE);
        lines.interleave(0);
        sixBits(even, last, 0, scales, 6);
        sixBits(odd, last, 4, mins, 6);
        lines.interleave(2);
        unitScales(Q4_K.D);
      }
      case Q6_K -> {
        for (int i = 0; i < 4; i++) {
          a.op(VMOVDQU32, line, four(Q6_K.SCALES + 4 * i));
          lines.store(i, line);
        }
        unitScale(four(Q6_K.D - 2));
      }
      case IQ4_XS -> iq4Xs();
      case TQ2_0 -> {
        a.op(VMOVDQU32, line, lines.r.constant(CodeLines.EACH_BYTE));
        for (int i = 0; i < packing.scaleLines(unit); i++) {
          lines.store(i, line);
        }
        unitScale(four(TQ2_0.D - 2));
      }
      case NVFP4 -> nvFp4();
      default -> blockScales();
    }
  }

  /** Writes a line of F16 or BF16 and notes in the top bit of each whether it is not finite. */
  private void halves(int index, Vec v) {
    boolean brain = packing.scales() == Packing.Scales.BF16;
    int lowest = brain ? 0x0080 : 0x0400;
    lines.store(index, v);
    a.op(VPANDD, v, v, lines.r.constant((0x8000 - lowest) * EACH_HALF));
    a.op(VPADDD, v, v, lines.r.constant(lowest * EACH_HALF));
    a.op(VPORD, lines.infinite, lines.infinite, v);
  }

  /** Four bytes of the only block of a unit. */
  private Mem four(int offset) {
    return lines.four(0, offset);
  }

  /** Nibbles below pairs of bits, shifted to the right. */
  private void sixBits(Vec to, Mem low, int right, Mem high, int highRight) {
    lines.masked(to, low, right, NIBBLES);
    lines.masked(temp, high, highRight, PAIRS);
    lines.orShifted(to, temp, 4);
  }

  /** A scale in the upper half of the word. */
  private void unitScale(Mem word) {
    a.op(VMOVDQU32, line, word);
    a.op(VPSRLD, line, line, 16);
    halves(packing.scaleLines(unit), line);
  }

  /** Scale and minimum, which the file subtracts. */
  private void unitScales(int offset) {
    a.op(VMOVDQU32, line, four(offset));
    a.op(VPXORD, line, line, lines.r.constant(Integer.MIN_VALUE));
    halves(packing.scaleLines(unit), line);
  }

  private void iq4Xs() {
    for (int i = 0; i < 2; i++) {
      lines.masked(even, four(IQ4_XS.SCALES_L), 0, NIBBLES);
      lines.masked(odd, four(IQ4_XS.SCALES_L), 4, NIBBLES);
      lines.interleaved(i);
      // The pairs of bits of one byte go to four bytes.
      lines.masked(temp, four(IQ4_XS.D), 8 * (IQ4_XS.SCALES_H + i), 0xff);
      spread(12, 0x000f000f);
      spread(6, PAIRS);
      lines.orShifted(line, temp, 4);
      a.op(VPADDB, line, line, lines.r.constant(LESS_32));
      lines.store(i, line);
    }
    lines.masked(line, four(IQ4_XS.D), 0, LOW);
    halves(packing.scaleLines(unit), line);
  }

  /** {@code temp = (temp | temp << left) & mask}. */
  private void spread(int left, int mask) {
    a.op(VPSLLD, even, temp, left);
    a.op(VPORD, temp, temp, even);
    a.op(VPANDD, temp, temp, lines.r.constant(mask));
  }

  private void nvFp4() {
    for (int g = 0; g < unit / packing.group(); g += 2) {
      ue4m3(even, g);
      ue4m3(odd, g + 1);
      lines.orShifted(even, odd, 16);
      halves(g / 2, even);
    }
  }

  /** Turns the scale of a group into an F16. */
  private void ue4m3(Vec to, int group) {
    lines.masked(to, lines.four(group / 4, NVFP4.D), 8 * (group % 4), 0xff);
    // 0x7f stands for 0: a factor of 0, otherwise 1.
    a.op(VPXORD, temp, to, lines.r.constant(0x7f));
    a.op(VPADDD, temp, temp, lines.r.constant(0xff));
    a.op(VPSRLD, temp, temp, 8);
    a.op(VPMULLD, to, to, temp);
    // As a float with the same exponent it is too small by 2^119.
    a.op(VPANDD, to, to, lines.r.constant(0x7f));
    a.op(VPSLLD, to, to, 20);
    a.op(VMULPS, to, to, lines.r.constant(0x1p119f));
    // Of all F16 that can occur, only 0 is subnormal.
    a.op(VPMAXUD, to, to, lines.r.constant(REBIAS));
    a.op(VPADDD, to, to, lines.r.constant(-REBIAS));
    a.op(VPSRLD, to, to, 13);
  }

  /** Of blocks that start with a scale, which a minimum may follow. */
  private void blockScales() {
    int blocks = unit / type.blockSize();
    for (int b = 0; b < blocks; b += 2) {
      blockScale(line, b);
      if (b + 1 < blocks) {
        blockScale(odd, b + 1);
        lines.orShifted(line, odd, 16);
      }
      halves(b / 2, line);
      if (packing.hasMins()) {
        a.op(VMOVDQU32, line, lines.four(b, 0));
        a.op(VPSRLD, line, line, 16);
        if (b + 1 < blocks) {
          lines.masked(temp, lines.four(b + 1, 0), 0, ~LOW);
          a.op(VPORD, line, line, temp);
        }
        halves((packing.scaleLines(unit) + b) / 2, line);
      }
    }
  }

  private void blockScale(Vec to, int block) {
    if (type != TensorType.MXFP4) {
      lines.masked(to, lines.four(block, 0), 0, LOW);
      return;
    }
    // The upper half of 2^(e - 128): (e - 1) << 7, but subnormal below 2. The larger of both is it.
    lines.masked(to, lines.four(block, MXFP4.E), 0, 0xff);
    a.op(VPSLLD, temp, to, 5);
    a.op(VPADDD, temp, temp, lines.r.constant(160));
    a.op(VPSLLD, to, to, 7);
    a.op(VPMAXUD, to, to, temp);
    a.op(VPADDD, to, to, lines.r.constant(-128));
  }
}
