package dev.lamina.cpu.machine;

/** The vocabulary in which {@link VecOp} describes instructions, as in the Intel SDM, volume 2. */
final class Encoding {
  private Encoding() {}

  /** Which operand of the instruction is in which field. */
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

  /** What ModRM.rm stands for. */
  enum Rm {
    /** As long as the instruction's vectors (tuples Full and Full Mem). */
    FULL,
    HALF,
    QUARTER,
    /** Fixed lengths, in memory too. */
    XMM,
    YMM,
    /** The lowest element of an xmm register, or as much memory. */
    LOW8,
    LOW16,
    LOW32,
    LOW64,
    /** General registers, or as much memory. */
    GPR32,
    GPR64,
    /** Mask registers, or as much memory. */
    MASK16,
    MASK32,
    MASK64;

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
        case LOW8 -> 1;
        case LOW16, MASK16 -> 2;
        case LOW32, GPR32, MASK32 -> 4;
        case LOW64, GPR64, MASK64 -> 8;
      };
    }

    boolean takes(Operand.Register register, int length) {
      return switch (register) {
        case Gpr r -> (this == GPR32 && r.bits() == 32) || (this == GPR64 && r.bits() == 64);
        case Mask _ -> ordinal() >= MASK16.ordinal();
        case Vec v -> ordinal() < GPR32.ordinal() && v.bits() == Math.max(128, 8 * bytes(length));
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
    /** W is 1 in both encodings. */
    W1,
    /** W is 1 in EVEX; VEX ignores it. */
    EVEX_W1,
    /** ModRM.reg is a mask register. */
    REG_MASK,
    /** ModRM.rm is a register. */
    NO_MEMORY,
    /** ModRM.rm is memory. */
    MEMORY,
    /** Cannot be masked. */
    NO_MASK,
    ONLY_128,
    NOT_128,
    ONLY_512
  }
}
