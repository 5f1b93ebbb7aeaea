package dev.lamina.cpu.assembler;

/**
 * A vector register.
 *
 * @param code 0 to 31; from 16 on only for instructions with EVEX encoding (AVX-512)
 * @param bits 128, 256 or 512
 */
public record Vec(int code, int bits) implements Operand.Register {

  /**
   * @throws IllegalArgumentException if there is no such register
   */
  public Vec {
    if (code < 0 || code > 31 || (bits != 128 && bits != 256 && bits != 512)) {
      throw new IllegalArgumentException("no vector register " + code + " of " + bits + " bits");
    }
  }

  public static Vec xmm(int code) {
    return new Vec(code, 128);
  }

  public static Vec ymm(int code) {
    return new Vec(code, 256);
  }

  public static Vec zmm(int code) {
    return new Vec(code, 512);
  }

  /** The lowest 128 bits. */
  public Vec xmm() {
    return xmm(code);
  }

  /** The lowest 256 bits. */
  public Vec ymm() {
    return ymm(code);
  }

  /** The whole register. */
  public Vec zmm() {
    return zmm(code);
  }

  @Override
  public String toString() {
    return "xyz".charAt(bits >> 8) + "mm" + code;
  }
}
