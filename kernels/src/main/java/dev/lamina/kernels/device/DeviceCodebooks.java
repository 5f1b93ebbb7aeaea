package dev.lamina.kernels.device;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.codebook.Codebooks;

/** {@link Codebooks} in the forms that device code looks up. */
final class DeviceCodebooks {
  private static final int[] IQ2_MAGNITUDES = {8, 25, 43};

  private DeviceCodebooks() {}

  /** The table of a type, empty if it needs none. */
  static int[] words(TensorType type) {
    return switch (type) {
      case IQ1_S, IQ1_M -> nibbles(Codebooks.iq1(), value -> value + 1);
      case IQ2_XXS -> nibbles(Codebooks.iq2xxs(), DeviceCodebooks::iq2Number);
      case IQ2_XS -> nibbles(Codebooks.iq2xs(), DeviceCodebooks::iq2Number);
      case IQ2_S -> nibbles(Codebooks.iq2s(), DeviceCodebooks::iq2Number);
      case IQ3_XXS -> Codebooks.iq3xxs();
      case IQ3_S -> Codebooks.iq3s();
      case IQ4_NL, IQ4_XS -> biasedBytes(Codebooks.iq4nl());
      case MXFP4, NVFP4 -> biasedBytes(Codebooks.e2m1());
      default -> new int[0];
    };
  }

  /** The nibble of a device table for the value of a grid. */
  private interface Numbering {
    int number(byte value);
  }

  /** One word for eight values: low nibbles for the first four, high nibbles for the others. */
  private static int[] nibbles(long[] grid, Numbering numbering) {
    int[] words = new int[grid.length];
    for (int i = 0; i < grid.length; i++) {
      for (int l = 0; l < 8; l++) {
        int number = numbering.number((byte) (grid[i] >>> 8 * l));
        words[i] |= number << 8 * (l % 4) + 4 * (l / 4);
      }
    }
    return words;
  }

  private static int iq2Number(byte magnitude) {
    for (int number = 0; number < IQ2_MAGNITUDES.length; number++) {
      if (IQ2_MAGNITUDES[number] == magnitude) {
        return number;
      }
    }
    throw new IllegalStateException("magnitude " + magnitude + " in a codebook of IQ2");
  }

  /** Values plus 128, four a word, the first in the lowest byte. */
  private static int[] biasedBytes(byte[] values) {
    int[] words = new int[values.length / 4];
    for (int i = 0; i < values.length; i++) {
      words[i / 4] |= values[i] + 128 << 8 * (i % 4);
    }
    return words;
  }
}
