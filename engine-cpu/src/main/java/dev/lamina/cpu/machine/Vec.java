package dev.lamina.cpu.machine;

import java.util.Objects;

/**
 * A vector register, as a destination perhaps with the lanes to write.
 *
 * @param code 0 to 31; from 16 on only for instructions with EVEX encoding (AVX-512)
 * @param bits 128, 256 or 512
 * @param mask the lanes to write; null for all
 * @param zeroing whether the other lanes become 0 instead of keeping their value
 */
public record Vec(int code, int bits, Mask mask, boolean zeroing) implements Operand.Register {

  /**
   * @throws IllegalArgumentException if there is no such register, or the mask is k0
   */
  public Vec {
    if (code < 0 || code > 31 || (bits != 128 && bits != 256 && bits != 512)) {
      throw new IllegalArgumentException("no vector register " + code + " of " + bits + " bits");
    }
    if (mask == Mask.K0) {
      throw new IllegalArgumentException("k0 cannot mask");
    }
  }

  public static Vec xmm(int code) {
    return new Vec(code, 128, null, false);
  }

  public static Vec ymm(int code) {
    return new Vec(code, 256, null, false);
  }

  public static Vec zmm(int code) {
    return new Vec(code, 512, null, false);
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

  /** Only the lanes of the mask are written. */
  public Vec merge(Mask lanes) {
    return new Vec(code, bits, Objects.requireNonNull(lanes), false);
  }

  /** The lanes of the mask are written, the others become 0. */
  public Vec zero(Mask lanes) {
    return new Vec(code, bits, Objects.requireNonNull(lanes), true);
  }

  @Override
  public String toString() {
    String name = "xyz".charAt(bits >> 8) + "mm" + code;
    return name + (mask == null ? "" : "{" + mask + "}") + (zeroing ? "{z}" : "");
  }
}
