package dev.lamina.cpu.assembler;

import static dev.lamina.cpu.assembler.Encoding.Form.*;
import static dev.lamina.cpu.assembler.Encoding.OpMap.*;
import static dev.lamina.cpu.assembler.Encoding.Prefix.*;
import static dev.lamina.cpu.assembler.Encoding.Rm.*;
import static dev.lamina.cpu.assembler.Encoding.Trait.*;

import dev.lamina.cpu.assembler.Encoding.Form;
import dev.lamina.cpu.assembler.Encoding.OpMap;
import dev.lamina.cpu.assembler.Encoding.Prefix;
import dev.lamina.cpu.assembler.Encoding.Rm;
import dev.lamina.cpu.assembler.Encoding.Trait;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Instructions on vectors, named as with EVEX encoding; {@code _VEX} is a processor feature of its
 * own. Source of encodings: Intel SDM, volume 2.
 */
public enum VecOp {
  // Moves.
  VMOVUPS(RM, NP, M0F, 0x10, 1, FULL),
  VMOVDQU32("vmovdqu", RM, PF3, M0F, 0x6F, 0x10, FULL),
  /** Its mask is a vector: the lanes whose sign bit is set. */
  VMASKMOVPS(RVM, P66, M0F38, 0x2C, 2, FULL, VEX, ONLY_MEMORY),
  VMOVD(RM, P66, M0F, 0x6E, 0x10, GPR32, ONLY_128),
  VBROADCASTSS(RM, P66, M0F38, 0x18, 0, LOW32),
  VPBROADCASTD(RM, P66, M0F38, 0x58, 0, LOW32),
  VPINSRW(RVM, P66, M0F, 0xC4, 0, GPR16, IMM8, ONLY_128),
  VEXTRACTI64X4(MR, P66, M0F3A, 0x3B, 0, YMM, IMM8, EVEX, EVEX_W1, ONLY_512),
  VPBROADCASTW(RM, P66, M0F38, 0x79, 0, LOW16),
  VEXTRACTI32X4("vextracti128", MR, P66, M0F3A, 0x39, 0, XMM, IMM8, NOT_128),
  VPEXTRW(MR, P66, M0F3A, 0x15, 0, GPR16, IMM8, ONLY_128),

  // Bits.
  VPANDD("vpand", RVM, P66, M0F, 0xDB, 0, FULL, BCST),
  VPORD("vpor", RVM, P66, M0F, 0xEB, 0, FULL, BCST),
  VPXORD("vpxor", RVM, P66, M0F, 0xEF, 0, FULL, BCST),
  VPTERNLOGD(RVM, P66, M0F3A, 0x25, 0, FULL, BCST, IMM8, EVEX),
  VPANDND("vpandn", RVM, P66, M0F, 0xDF, 0, FULL, BCST),
  VPSRLW(VM, P66, M0F, 0x71, 2, FULL, IMM8, NO_MEMORY),
  VPSLLW(VM, P66, M0F, 0x71, 6, FULL, IMM8, NO_MEMORY),
  VPSRAD(VM, P66, M0F, 0x72, 4, FULL, IMM8, NO_MEMORY),
  VPSRLD(VM, P66, M0F, 0x72, 2, FULL, IMM8, NO_MEMORY),
  VPSLLD(VM, P66, M0F, 0x72, 6, FULL, IMM8, NO_MEMORY),
  VPSRLQ(VM, P66, M0F, 0x73, 2, FULL, IMM8, NO_MEMORY, EVEX_W1),

  VPTESTMB(RVM, P66, M0F38, 0x26, 0, FULL, EVEX, TO_MASK),
  VPMULTISHIFTQB(RVM, P66, M0F38, 0x83, 0, FULL, BCST, EVEX, EVEX_W1),

  // Whole numbers.
  VPADDB(RVM, P66, M0F, 0xFC, 0, FULL),
  VPADDW(RVM, P66, M0F, 0xFD, 0, FULL),
  VPADDD(RVM, P66, M0F, 0xFE, 0, FULL, BCST),
  VPSUBD(RVM, P66, M0F, 0xFA, 0, FULL, BCST),
  VPMULLD(RVM, P66, M0F38, 0x40, 0, FULL, BCST),
  VPMAXUD(RVM, P66, M0F38, 0x3F, 0, FULL, BCST),
  VPMADDWD(RVM, P66, M0F, 0xF5, 0, FULL),
  VPMADDUBSW(RVM, P66, M0F38, 0x04, 0, FULL),
  VPDPBUSD(RVM, P66, M0F38, 0x50, 0, FULL, BCST, EVEX),
  VPDPBUSD_VEX(RVM, P66, M0F38, 0x50, 0, FULL, VEX),
  VPMOVSXBD(RM, P66, M0F38, 0x21, 0, QUARTER),
  VPMOVZXWD(RM, P66, M0F38, 0x33, 0, HALF),
  VPABSB(RM, P66, M0F38, 0x1C, 0, FULL),
  VPSIGNB(RVM, P66, M0F38, 0x08, 0, FULL, VEX),

  // Permutations.
  VPSHUFB(RVM, P66, M0F38, 0x00, 0, FULL),
  VPERMB(RVM, P66, M0F38, 0x8D, 0, FULL, EVEX),
  VPERMT2B(RVM, P66, M0F38, 0x7D, 0, FULL, EVEX),
  VPBLENDMB(RVM, P66, M0F38, 0x66, 0, FULL, EVEX, MASKED),
  VPSHUFD(RM, P66, M0F, 0x70, 0, FULL, BCST, IMM8),

  // Floats.
  VADDPS(RVM, NP, M0F, 0x58, 0, FULL, BCST),
  VSUBPS(RVM, NP, M0F, 0x5C, 0, FULL, BCST),
  VHADDPS(RVM, PF2, M0F, 0x7C, 0, FULL, VEX),
  VMULPS(RVM, NP, M0F, 0x59, 0, FULL, BCST),
  VMINPS(RVM, NP, M0F, 0x5D, 0, FULL, BCST),
  VMAXPS(RVM, NP, M0F, 0x5F, 0, FULL, BCST),
  VDIVPS(RVM, NP, M0F, 0x5E, 0, FULL, BCST),
  VSQRTPS(RM, NP, M0F, 0x51, 0, FULL, BCST),
  VCMPPS(RVM, NP, M0F, 0xC2, 0, FULL, IMM8, VEX),
  VFMADD213PS(RVM, P66, M0F38, 0xA8, 0, FULL, BCST),
  VFMADD231PS(RVM, P66, M0F38, 0xB8, 0, FULL, BCST),
  VCVTPH2PS(RM, P66, M0F38, 0x13, 0, HALF),
  VCVTDQ2PS(RM, NP, M0F, 0x5B, 0, FULL, BCST),
  VCVTPS2DQ(RM, P66, M0F, 0x5B, 0, FULL, BCST),
  VCVTPS2PH(MR, P66, M0F3A, 0x1D, 0, HALF, IMM8);

  final Form form;
  final Prefix prefix;
  final OpMap map;
  final int opcode;

  /**
   * With form VM, the digit in ModRM.reg. Otherwise the number to add to the opcode of a load to
   * get the store, or 0 if there is none.
   */
  final int detail;

  final Rm rm;
  private final String vexName;

  /** The traits of the instruction, one bit each. */
  private final int traits;

  VecOp(Form form, Prefix prefix, OpMap map, int opcode, int detail, Rm rm, Trait... traits) {
    this(null, form, prefix, map, opcode, detail, rm, traits);
  }

  VecOp(
      String vexName,
      Form form,
      Prefix prefix,
      OpMap map,
      int opcode,
      int detail,
      Rm rm,
      Trait... traits) {
    this.form = form;
    this.prefix = prefix;
    this.map = map;
    this.opcode = opcode;
    this.detail = detail;
    this.rm = rm;
    this.vexName = vexName;
    this.traits = Stream.of(traits).mapToInt(trait -> 1 << trait.ordinal()).sum();
  }

  boolean is(Trait trait) {
    return (traits >> trait.ordinal() & 1) != 0;
  }

  /** Bytes of the element that a broadcast repeats. */
  int element() {
    return is(Trait.EVEX_W1) ? 8 : 4;
  }

  String mnemonic(boolean evex) {
    if (vexName != null && !evex) {
      return vexName;
    }
    int suffix = name().indexOf('_');
    return (suffix < 0 ? name() : name().substring(0, suffix)).toLowerCase(Locale.ROOT);
  }
}
