package dev.lamina.cpu.machine;

import java.util.Locale;

/** Instructions on general registers. Source of encodings: Intel SDM, volume 2. */
public enum GprOp {
  // The opcode that stores is + 1, the one that loads + 3; with a number it is 81 or 83.
  ADD(Form.ARITHMETIC, 0x00, 0),
  OR(Form.ARITHMETIC, 0x08, 1),
  AND(Form.ARITHMETIC, 0x20, 4),
  SUB(Form.ARITHMETIC, 0x28, 5),
  XOR(Form.ARITHMETIC, 0x30, 6),
  CMP(Form.ARITHMETIC, 0x38, 7),
  MOV(Form.MOVE, 0x88, 0),
  TEST(Form.TEST, 0x84, 0),

  IMUL(Form.PRODUCT, 0x0FAF, 0),
  LEA(Form.LOAD, 0x8D, 0),
  MOVZX8(Form.LOAD, 0x0FB6, 1),
  MOVZX16(Form.LOAD, 0x0FB7, 2),
  MOVSX8(Form.LOAD, 0x0FBE, 1),
  MOVSX16(Form.LOAD, 0x0FBF, 2),
  MOVSXD(Form.LOAD, 0x63, 4),

  SHL(Form.SHIFT, 0xC1, 4),
  SHR(Form.SHIFT, 0xC1, 5),
  SAR(Form.SHIFT, 0xC1, 7),

  INC(Form.ONE, 0xFF, 0),
  DEC(Form.ONE, 0xFF, 1),
  NEG(Form.ONE, 0xF7, 3),
  PUSH(Form.STACK, 0x50, 0),
  POP(Form.STACK, 0x58, 0),

  PREFETCHT0(Form.PREFETCH, 0x0F18, 1),
  PREFETCHT1(Form.PREFETCH, 0x0F18, 2),

  NOP(Form.PLAIN, 0x90, 0),
  RET(Form.PLAIN, 0xC3, 0),
  CPUID(Form.PLAIN, 0x0FA2, 0),
  XGETBV(Form.PLAIN, 0x0F01D0, 0),
  /** Clears what lies above 128 bits: before returning to code that may use SSE. */
  VZEROUPPER(Form.PLAIN, 0xC5F877, 0);

  enum Form {
    /** register, register | memory | number; memory, register. */
    ARITHMETIC,
    /** register, register | memory; memory, register. */
    MOVE,
    /** register, register | number. */
    TEST,
    /** register, memory; detail: bytes read if fewer than the register has. */
    LOAD,
    /** register, register | memory; register, register, number. */
    PRODUCT,
    /** register, number. */
    SHIFT,
    /** register. */
    ONE,
    /** 64-bit register. */
    STACK,
    /** memory. */
    PREFETCH,
    /** nothing. */
    PLAIN
  }

  final Form form;

  /** The bytes, first to last from the highest one that is not 0. */
  final int opcode;

  /** The digit that stands for a second register, as in "C1 /4", unless the form says otherwise. */
  final int detail;

  GprOp(Form form, int opcode, int detail) {
    this.form = form;
    this.opcode = opcode;
    this.detail = detail;
  }

  String mnemonic() {
    String name = name().toLowerCase(Locale.ROOT);
    return name.startsWith("movzx") || name.startsWith("movsx8") || name.startsWith("movsx1")
        ? name.substring(0, 5)
        : name;
  }
}
