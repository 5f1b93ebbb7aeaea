package dev.lamina.cpu.machine;

import static dev.lamina.cpu.machine.Encoding.Form.*;
import static dev.lamina.cpu.machine.Encoding.OpMap.*;
import static dev.lamina.cpu.machine.Encoding.Prefix.*;
import static dev.lamina.cpu.machine.Encoding.Rm.*;
import static dev.lamina.cpu.machine.Encoding.Trait.*;

import dev.lamina.cpu.machine.Encoding.Form;
import dev.lamina.cpu.machine.Encoding.OpMap;
import dev.lamina.cpu.machine.Encoding.Prefix;
import dev.lamina.cpu.machine.Encoding.Rm;
import dev.lamina.cpu.machine.Encoding.Trait;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Instructions on vectors and masks, named as with EVEX encoding. {@code _R} takes a general
 * register where the other one takes a vector's or memory's element; {@code _VEX} is a processor
 * feature of its own. Source of encodings: Intel SDM, volume 2.
 */
public enum VecOp {
  // Moves.
  VMOVUPS(RM, NP, M0F, 0x10, 1, FULL),
  VMOVDQU8(RM, PF2, M0F, 0x6F, 0x10, FULL, EVEX),
  VMOVDQU16(RM, PF2, M0F, 0x6F, 0x10, FULL, EVEX, W1),
  VMOVDQU32("vmovdqu", RM, PF3, M0F, 0x6F, 0x10, FULL),
  VMOVDQU64("vmovdqu", RM, PF3, M0F, 0x6F, 0x10, FULL, EVEX_W1),
  VMOVD(RM, P66, M0F, 0x6E, 0x10, GPR32, ONLY_128, NO_MASK),
  VMOVQ(RM, P66, M0F, 0x6E, 0x10, GPR64, ONLY_128, NO_MASK, W1),
  VBROADCASTSS(RM, P66, M0F38, 0x18, 0, LOW32),
  VPBROADCASTB(RM, P66, M0F38, 0x78, 0, LOW8),
  VPBROADCASTW(RM, P66, M0F38, 0x79, 0, LOW16),
  VPBROADCASTD(RM, P66, M0F38, 0x58, 0, LOW32),
  VPBROADCASTQ(RM, P66, M0F38, 0x59, 0, LOW64, EVEX_W1),
  VPBROADCASTB_R(RM, P66, M0F38, 0x7A, 0, GPR32, EVEX, NO_MEMORY),
  VPBROADCASTW_R(RM, P66, M0F38, 0x7B, 0, GPR32, EVEX, NO_MEMORY),
  VPBROADCASTD_R(RM, P66, M0F38, 0x7C, 0, GPR32, EVEX, NO_MEMORY),
  VBROADCASTI32X4("vbroadcasti128", RM, P66, M0F38, 0x5A, 0, XMM, MEMORY, NOT_128),
  VINSERTI32X4("vinserti128", RVM, P66, M0F3A, 0x38, 0, XMM, IMM8, NOT_128),
  VINSERTI64X4(RVM, P66, M0F3A, 0x3A, 0, YMM, IMM8, EVEX, W1, ONLY_512),
  VEXTRACTI32X4("vextracti128", MR, P66, M0F3A, 0x39, 0, XMM, IMM8, NOT_128),
  VEXTRACTI64X4(MR, P66, M0F3A, 0x3B, 0, YMM, IMM8, EVEX, W1, ONLY_512),

  // Bits.
  VPANDD("vpand", RVM, P66, M0F, 0xDB, 0, FULL, BCST),
  VPANDND("vpandn", RVM, P66, M0F, 0xDF, 0, FULL, BCST),
  VPORD("vpor", RVM, P66, M0F, 0xEB, 0, FULL, BCST),
  VPXORD("vpxor", RVM, P66, M0F, 0xEF, 0, FULL, BCST),
  VPTERNLOGD(RVM, P66, M0F3A, 0x25, 0, FULL, BCST, IMM8, EVEX),
  VPSRLW(VM, P66, M0F, 0x71, 2, FULL, IMM8, NO_MEMORY),
  VPSRAW(VM, P66, M0F, 0x71, 4, FULL, IMM8, NO_MEMORY),
  VPSLLW(VM, P66, M0F, 0x71, 6, FULL, IMM8, NO_MEMORY),
  VPSRLD(VM, P66, M0F, 0x72, 2, FULL, IMM8, NO_MEMORY),
  VPSRAD(VM, P66, M0F, 0x72, 4, FULL, IMM8, NO_MEMORY),
  VPSLLD(VM, P66, M0F, 0x72, 6, FULL, IMM8, NO_MEMORY),
  VPSRLQ(VM, P66, M0F, 0x73, 2, FULL, IMM8, NO_MEMORY, EVEX_W1),
  VPSLLQ(VM, P66, M0F, 0x73, 6, FULL, IMM8, NO_MEMORY, EVEX_W1),
  VPSRLVD(RVM, P66, M0F38, 0x45, 0, FULL, BCST),
  VPSLLVD(RVM, P66, M0F38, 0x47, 0, FULL, BCST),
  VPSRLVW(RVM, P66, M0F38, 0x10, 0, FULL, EVEX, W1),

  // Whole numbers.
  VPADDB(RVM, P66, M0F, 0xFC, 0, FULL),
  VPADDW(RVM, P66, M0F, 0xFD, 0, FULL),
  VPADDD(RVM, P66, M0F, 0xFE, 0, FULL, BCST),
  VPSUBB(RVM, P66, M0F, 0xF8, 0, FULL),
  VPSUBW(RVM, P66, M0F, 0xF9, 0, FULL),
  VPSUBD(RVM, P66, M0F, 0xFA, 0, FULL, BCST),
  VPMULLW(RVM, P66, M0F, 0xD5, 0, FULL),
  VPMULLD(RVM, P66, M0F38, 0x40, 0, FULL, BCST),
  VPMAXUD(RVM, P66, M0F38, 0x3F, 0, FULL, BCST),
  VPMADDWD(RVM, P66, M0F, 0xF5, 0, FULL),
  VPMADDUBSW(RVM, P66, M0F38, 0x04, 0, FULL),
  VPDPBUSD(RVM, P66, M0F38, 0x50, 0, FULL, BCST, EVEX),
  VPDPBUSD_VEX(RVM, P66, M0F38, 0x50, 0, FULL, VEX),
  VPDPWSSD(RVM, P66, M0F38, 0x52, 0, FULL, BCST, EVEX),
  VPDPWSSD_VEX(RVM, P66, M0F38, 0x52, 0, FULL, VEX),
  VPABSB(RM, P66, M0F38, 0x1C, 0, FULL),
  VPSIGNB(RVM, P66, M0F38, 0x08, 0, FULL, VEX),
  VPMOVSXBW(RM, P66, M0F38, 0x20, 0, HALF),
  VPMOVSXBD(RM, P66, M0F38, 0x21, 0, QUARTER),
  VPMOVSXWD(RM, P66, M0F38, 0x23, 0, HALF),
  VPMOVZXBW(RM, P66, M0F38, 0x30, 0, HALF),
  VPMOVZXBD(RM, P66, M0F38, 0x31, 0, QUARTER),
  VPMOVZXWD(RM, P66, M0F38, 0x33, 0, HALF),

  // Permutations.
  VPSHUFB(RVM, P66, M0F38, 0x00, 0, FULL),
  VPSHUFD(RM, P66, M0F, 0x70, 0, FULL, BCST, IMM8),
  VPERMB(RVM, P66, M0F38, 0x8D, 0, FULL, EVEX),
  VPERMW(RVM, P66, M0F38, 0x8D, 0, FULL, EVEX, W1),
  VPERMD(RVM, P66, M0F38, 0x36, 0, FULL, BCST, NOT_128),
  VPERMI2B(RVM, P66, M0F38, 0x75, 0, FULL, EVEX),
  VPERMT2B(RVM, P66, M0F38, 0x7D, 0, FULL, EVEX),
  VPUNPCKLBW(RVM, P66, M0F, 0x60, 0, FULL),
  VPUNPCKLWD(RVM, P66, M0F, 0x61, 0, FULL),
  VPUNPCKHBW(RVM, P66, M0F, 0x68, 0, FULL),
  VPUNPCKHWD(RVM, P66, M0F, 0x69, 0, FULL),

  // Masks.
  KMOVW(RM, NP, M0F, 0x90, 1, MASK16, VEX, REG_MASK),
  KMOVD(RM, P66, M0F, 0x90, 1, MASK32, VEX, REG_MASK, W1),
  KMOVQ(RM, NP, M0F, 0x90, 1, MASK64, VEX, REG_MASK, W1),
  KMOVD_R(RM, PF2, M0F, 0x92, 0, GPR32, VEX, REG_MASK, NO_MEMORY),
  KMOVQ_R(RM, PF2, M0F, 0x92, 0, GPR64, VEX, REG_MASK, NO_MEMORY, W1),
  VPMOVB2M(RM, PF3, M0F38, 0x29, 0, FULL, EVEX, REG_MASK, NO_MEMORY, NO_MASK),
  VPMOVM2B(RM, PF3, M0F38, 0x28, 0, MASK64, EVEX, NO_MEMORY, NO_MASK),

  // Floats.
  VADDPS(RVM, NP, M0F, 0x58, 0, FULL, BCST),
  VMULPS(RVM, NP, M0F, 0x59, 0, FULL, BCST),
  VSUBPS(RVM, NP, M0F, 0x5C, 0, FULL, BCST),
  VMINPS(RVM, NP, M0F, 0x5D, 0, FULL, BCST),
  VDIVPS(RVM, NP, M0F, 0x5E, 0, FULL, BCST),
  VMAXPS(RVM, NP, M0F, 0x5F, 0, FULL, BCST),
  VXORPS(RVM, NP, M0F, 0x57, 0, FULL, BCST),
  VFMADD231PS(RVM, P66, M0F38, 0xB8, 0, FULL, BCST),
  VFNMADD231PS(RVM, P66, M0F38, 0xBC, 0, FULL, BCST),
  VCVTDQ2PS(RM, NP, M0F, 0x5B, 0, FULL, BCST),
  VCVTPS2DQ(RM, P66, M0F, 0x5B, 0, FULL, BCST),
  VCVTPH2PS(RM, P66, M0F38, 0x13, 0, HALF),
  VCVTPS2PH(MR, P66, M0F3A, 0x1D, 0, HALF, IMM8),
  VDPBF16PS(RVM, PF3, M0F38, 0x52, 0, FULL, BCST, EVEX);

  final Form form;
  final Prefix prefix;
  final OpMap map;
  final int opcode;

  /** With form VM the digit that ModRM.reg has, else what to add to the opcode to store; or 0. */
  final int detail;

  final Rm rm;
  private final String vexName;

  /** A bit for each. */
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
    return is(Trait.W1) || is(Trait.EVEX_W1) ? 8 : 4;
  }

  String mnemonic(boolean evex) {
    if (vexName != null && !evex) {
      return vexName;
    }
    int suffix = name().indexOf('_');
    return (suffix < 0 ? name() : name().substring(0, suffix)).toLowerCase(Locale.ROOT);
  }
}
