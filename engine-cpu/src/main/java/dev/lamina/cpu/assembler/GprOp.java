package dev.lamina.cpu.assembler;

import java.util.Locale;

/** Instructions on general registers. Source of encodings: Intel SDM, volume 2. */
public enum GprOp {
  // The opcode that stores is + 1, the one that loads + 3; with a number it is 81 or 83.
  ADD(Form.ARITHMETIC, 0x00, 0),
  AND(Form.ARITHMETIC, 0x20, 4),
  SUB(Form.ARITHMETIC, 0x28, 5),
  CMP(Form.ARITHMETIC, 0x38, 7),
  IMUL(Form.MULTIPLY, 0x0FAF, 0),
  MOV(Form.MOVE, 0x88, 0),
  TEST(Form.TEST, 0x84, 0),

  LEA(Form.ADDRESS, 0x8D, 0),

  SHR(Form.SHIFT, 0xC1, 5),

  /** Loads memory into all caches; an invalid address is harmless. */
  PREFETCHT0(Form.MEMORY, 0x0F18, 1),

  /** The same for the second-level cache. */
  PREFETCHT1(Form.MEMORY, 0x0F18, 2),

  DEC(Form.ONE, 0xFF, 1),
  PUSH(Form.STACK, 0x50, 0),
  POP(Form.STACK, 0x58, 0),

  NOP(Form.PLAIN, 0x90, 0),
  RET(Form.PLAIN, 0xC3, 0),
  CPUID(Form.PLAIN, 0x0FA2, 0),
  XGETBV(Form.PLAIN, 0x0F01D0, 0),
  /** Clears the bits above 128, before returning to code that may use SSE. */
  VZEROUPPER(Form.PLAIN, 0xC5F877, 0);

  enum Form {
    /** register, register | memory | number; memory, register. */
    ARITHMETIC,
    /** register, register | memory. */
    MULTIPLY,
    /** register, register | memory; memory, register. */
    MOVE,
    /** register, register | number. */
    TEST,
    /** register, address. */
    ADDRESS,
    /** register, number. */
    SHIFT,
    /** register. */
    ONE,
    /** memory. */
    MEMORY,
    /** 64-bit register. */
    STACK,
    /** nothing. */
    PLAIN
  }

  final Form form;

  /** The opcode bytes, from the highest byte that is not 0. */
  final int opcode;

  /** The digit that stands for a second register, as in "C1 /4", unless the form says otherwise. */
  final int detail;

  GprOp(Form form, int opcode, int detail) {
    this.form = form;
    this.opcode = opcode;
    this.detail = detail;
  }

  String mnemonic() {
    return name().toLowerCase(Locale.ROOT);
  }
}
