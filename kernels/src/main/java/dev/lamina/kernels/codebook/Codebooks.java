package dev.lamina.kernels.codebook;

/**
 * The tables that codebook-quantized formats index. Each is loaded when first asked for and shared:
 * callers must not write to the arrays.
 *
 * <p>A grid entry packs its values one a byte, the first in the lowest byte. The grids are data of
 * the GGUF formats.
 */
public final class Codebooks {
  private static final byte[] IQ4_NL = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  private static final byte[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

  private Codebooks() {}

  /** IQ1_S and IQ1_M: 2048 entries of eight values -1, 0 or 1 (signed bytes). */
  public static long[] iq1() {
    return Iq1.GRID;
  }

  /** IQ2_XXS: 256 entries of eight magnitudes 8, 25 or 43. */
  public static long[] iq2xxs() {
    return Iq2Xxs.GRID;
  }

  /** IQ2_XS: 512 entries of eight magnitudes 8, 25 or 43. */
  public static long[] iq2xs() {
    return Iq2Xs.GRID;
  }

  /** IQ2_S: 1024 entries of eight magnitudes 8, 25 or 43. */
  public static long[] iq2s() {
    return Iq2S.GRID;
  }

  /** IQ3_XXS: 256 entries of four magnitudes, 4 to 62. */
  public static int[] iq3xxs() {
    return Iq3Xxs.GRID;
  }

  /** IQ3_S: 512 entries of four odd magnitudes, 1 to 15. */
  public static int[] iq3s() {
    return Iq3S.GRID;
  }

  /**
   * IQ2_XXS, IQ2_XS, IQ3_XXS: 128 sign masks of eight elements, bit set for a negative one. Seven
   * bits are the index itself, bit 7 makes the number of negative signs even.
   */
  public static byte[] evenSigns() {
    return EvenSigns.MASKS;
  }

  /** IQ4_NL and IQ4_XS: 16 values, -127 to 113. */
  public static byte[] iq4nl() {
    return IQ4_NL;
  }

  /** MXFP4 and NVFP4: twice the 16 values of E2M1, -12 to 12; code 8 (minus zero) is 0. */
  public static byte[] e2m1() {
    return E2M1;
  }

  // One class per table: the JVM loads each at its first use, safely for several threads.

  private static final class Iq1 {
    static final long[] GRID = GridReader.octets("iq1_s.txt", 2048);
  }

  private static final class Iq2Xxs {
    static final long[] GRID = GridReader.octets("iq2_xxs.txt", 256);
  }

  private static final class Iq2Xs {
    static final long[] GRID = GridReader.octets("iq2_xs.txt", 512);
  }

  private static final class Iq2S {
    static final long[] GRID = GridReader.octets("iq2_s.txt", 1024);
  }

  private static final class Iq3Xxs {
    static final int[] GRID = GridReader.quartets("iq3_xxs.txt", 256);
  }

  private static final class Iq3S {
    static final int[] GRID = GridReader.quartets("iq3_s.txt", 512);
  }

  private static final class EvenSigns {
    static final byte[] MASKS = masks();

    private static byte[] masks() {
      byte[] masks = new byte[128];
      for (int i = 0; i < masks.length; i++) {
        masks[i] = (byte) (i | Integer.bitCount(i) % 2 << 7);
      }
      return masks;
    }
  }
}
