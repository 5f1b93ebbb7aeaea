package dev.lamina.cpu.assembler;

import dev.lamina.cpu.assembler.Encoding.OpMap;
import dev.lamina.cpu.assembler.Encoding.Prefix;
import java.util.Locale;

/**
 * Instructions on tiles (AMX), all with VEX encoding in map 0F38. Source of encodings: Intel SDM,
 * volume 2.
 */
public enum TileOp {
  /** Reads 64 bytes: the shapes of all tiles. */
  LDTILECFG(Form.CONFIGURE, Prefix.NP, 0x49),
  /** Releases all tiles and their shapes. */
  TILERELEASE(Form.PLAIN, Prefix.NP, 0x49),
  TILEZERO(Form.ZERO, Prefix.PF2, 0x49),
  /** The index register of the address holds the distance of the rows in bytes. */
  TILELOADD(Form.LOAD, Prefix.PF2, 0x4B),
  TILESTORED(Form.STORE, Prefix.PF3, 0x4B),
  /** to[m, n] += dot product of four signed bytes: sum over k of a[m, 4 k + i] * b[k, 4 n + i]. */
  TDPBSSD(Form.PRODUCT, Prefix.PF2, 0x5E);

  enum Form {
    CONFIGURE,
    PLAIN,
    ZERO,
    LOAD,
    STORE,
    PRODUCT
  }

  final Form form;
  private final Prefix prefix;
  private final int opcode;

  TileOp(Form form, Prefix prefix, int opcode) {
    this.form = form;
    this.prefix = prefix;
    this.opcode = opcode;
  }

  /**
   * @param reg the number in ModRM.reg
   * @param vvvv the number there; 0 for none
   */
  void encode(CodeBuffer code, int reg, int vvvv, Operand rm) {
    int xb = CodeBuffer.x(rm) << 1 | CodeBuffer.b(rm);
    code.put8(0xC4);
    code.put8(0x80 | (xb ^ 3) << 5 | OpMap.M0F38.ordinal());
    code.put8((~vvvv & 15) << 3 | prefix.ordinal());
    code.put8(opcode);
    code.putModRm(reg, rm, 1, 0);
  }

  String mnemonic() {
    return name().toLowerCase(Locale.ROOT);
  }
}
