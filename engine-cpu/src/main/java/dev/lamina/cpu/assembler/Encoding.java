package dev.lamina.cpu.assembler;

/** The terms that describe the instructions of {@link VecOp}, as in the Intel SDM, volume 2. */
final class Encoding {
  private Encoding() {}

  /** The fields of the instruction that hold the operands. */
  enum Form {
    /** ModRM.reg, ModRM.rm; the other way round if the instruction stores. */
    RM,
    /** ModRM.rm, ModRM.reg. */
    MR,
    /** ModRM.reg, vvvv, ModRM.rm. */
    RVM,
    /** vvvv, ModRM.rm; ModRM.reg has the digit. */
    VM
  }

  /** The prefix (pp), whose code is the ordinal. */
  enum Prefix {
    NP,
    P66,
    PF3,
    PF2
  }

  /** The opcode map, whose code is the ordinal. */
  enum OpMap {
    NONE,
    M0F,
    M0F38,
    M0F3A
  }

  /** The meaning of ModRM.rm. */
  enum Rm {
    /** As long as the instruction's vectors (tuples Full and Full Mem). */
    FULL,
    /**
     * Half as long as the instruction's vectors (tuple Half Mem); the register is an xmm at least.
     */
    HALF,
    /** A quarter as long (tuple Quarter Mem), in an xmm register. */
    QUARTER,
    /** 128 bits, in memory too. */
    XMM,
    /** 256 bits, in memory too. */
    YMM,
    /** The lowest element of an xmm register, or memory of the same size. */
    LOW32,
    /** The same with an element of 16 bits. */
    LOW16,
    /** A general register, or memory of the same size. */
    GPR32,
    /** The lowest 16 bits of a general register, or memory of that size. */
    GPR16;

    /**
     * Bytes in memory.
     *
     * @param length bits of the instruction's vectors
     */
    int bytes(int length) {
      return switch (this) {
        case FULL -> length / 8;
        case HALF -> length / 16;
        case QUARTER -> length / 32;
        case XMM -> 16;
        case YMM -> 32;
        case LOW32, GPR32 -> 4;
        case LOW16, GPR16 -> 2;
      };
    }

    boolean takes(Operand.Register register, int length) {
      boolean general = this == GPR32 || this == GPR16;
      if (register instanceof Vec v) {
        return !general && v.bits() == vectorBits(length);
      }
      return register instanceof Gpr r && general && r.bits() == 32;
    }

    private int vectorBits(int length) {
      return switch (this) {
        case FULL -> length;
        case HALF -> Math.max(length / 2, 128);
        case YMM -> 256;
        default -> 128;
      };
    }
  }

  enum Trait {
    /** Ends with a number of 8 bits. */
    IMM8,
    /** Its memory operand may be one element for all lanes. */
    BCST,
    /** Has no VEX encoding here. */
    EVEX,
    /** Has no EVEX encoding here. */
    VEX,
    /** W is 1 in EVEX; VEX ignores it. */
    EVEX_W1,
    /** Its result is a mask. */
    TO_MASK,
    /** A mask may select lanes of the last operand; without one, all are used. */
    MASKED,
    /** ModRM.rm is a register. */
    NO_MEMORY,
    /** ModRM.rm is memory. */
    ONLY_MEMORY,
    ONLY_128,
    NOT_128,
    ONLY_512
  }
}
