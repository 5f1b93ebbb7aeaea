package dev.lamina.cpu.kernel;

import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.codebook.Codebooks;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A layout of the indices in a unit of 256 columns, used instead of the bits of a {@link Packing}.
 * The lowest bits of several columns are one number. Two tables turn a byte (in IQ2_XS, a byte and
 * a ninth bit) into fields of two bits. Memory holds little more than the file, at the cost of
 * look-ups.
 *
 * <p>Fours are the four columns of a byte each that {@link Packing} multiplies at once. The lines
 * of a unit are
 *
 * <ul>
 *   <li>{@link Kind#EIGHTS} (IQ2_XXS, IQ2_XS): with nine bits first a line of the ninth ones, bit b
 *       of byte j for columns 32 b + 8 j. Then for each 32 columns a line whose byte j is the
 *       codebook's entry of eight columns, and one of signs: the top bits of four f are bits f. The
 *       first table has the four (0, 4, 1, 5), the second (2, 6, 3, 7).
 *   <li>{@link Kind#QUADS} (IQ3_XXS): for each 32 columns two lines whose bytes are entries of four
 *       columns, and one of signs. The first table has bits 0 and 1 of each column, the second bit
 *       2, which is bit c for the c-th column.
 *   <li>{@link Kind#TERNARY} (IQ1_S, IQ1_M, TQ1_0): with a third bit first a line of those, bit n
 *       for the columns from 8 n on. Then lines of five fours (the last one of four): a byte has
 *       the digits in base 3, the first one lowest. The first table has four digits, the second the
 *       fifth.
 * </ul>
 */
public final class DenseLines {
  /** The meaning of a byte. */
  public enum Kind {
    EIGHTS,
    QUADS,
    TERNARY
  }

  /** Number of fours that have their digits in one line. */
  public static final int DIGITS = 5;

  private static final int ROWS = Packing.ROWS;
  private static final int FOURS = Packing.UNIT / 4;
  private static final int EACH_BYTE = 0x01010101;
  private static final Map<TensorType, DenseLines> ALL = new ConcurrentHashMap<>();

  private final Kind kind;
  private final boolean topBits;
  private final byte[] first;
  private final byte[] second;

  /** Entries by their fields; null for digits. */
  private final short[] entries;

  private DenseLines(Kind kind, boolean topBits, int size, int fields) {
    this.kind = kind;
    this.topBits = topBits;
    this.first = new byte[size];
    this.second = new byte[size];
    this.entries = fields == 0 ? null : new short[1 << fields];
  }

  /** The layout for a type; null if the type has none. */
  static DenseLines of(TensorType type, Packing packing) {
    return switch (type) {
      case IQ1_S, IQ1_M, IQ2_XXS, IQ2_XS, IQ3_XXS, TQ1_0 ->
          ALL.computeIfAbsent(type, t -> make(t, packing));
      default -> null;
    };
  }

  private static DenseLines make(TensorType type, Packing packing) {
    byte[] indices = packing.indices();
    return switch (type) {
      case IQ2_XXS -> eights(Codebooks.iq2xxs(), indices);
      case IQ2_XS -> eights(Codebooks.iq2xs(), indices);
      case IQ3_XXS -> quads(Codebooks.iq3xxs(), indices);
      default -> digits(packing.bits() > 2);
    };
  }

  private static DenseLines eights(long[] grid, byte[] indices) {
    DenseLines lines = new DenseLines(Kind.EIGHTS, true, grid.length, 16);
    for (int i = 0; i < grid.length; i++) {
      lines.set(i, lowPairs(IndexPacker.twoFours(IndexPacker.looked(indices, grid[i]))), 8);
    }
    return lines;
  }

  private static DenseLines quads(int[] grid, byte[] indices) {
    DenseLines lines = new DenseLines(Kind.QUADS, true, grid.length, 12);
    for (int i = 0; i < grid.length; i++) {
      long eight = grid[i] | (long) grid[i] << 32;
      lines.set(i, lowThrees(IndexPacker.twoFours(IndexPacker.looked(indices, eight)), 0), 8);
    }
    return lines;
  }

  private static DenseLines digits(boolean topBits) {
    DenseLines lines = new DenseLines(Kind.TERNARY, topBits, 256, 0);
    for (int i = 0; i < 3 * 3 * 3 * 3 * 3; i++) {
      lines.first[i] = (byte) (i % 3 | i / 3 % 3 << 2 | i / 9 % 3 << 4 | i / 27 % 3 << 6);
      lines.second[i] = (byte) (i / 81);
    }
    return lines;
  }

  private void set(int entry, int fields, int bitsOfFirst) {
    first[entry] = (byte) fields;
    second[entry] = (byte) (fields >> bitsOfFirst);
    entries[fields] = (short) entry;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether indices have one more bit than the tables give. */
  public boolean topBits() {
    return topBits;
  }

  /** Fields of two bits for each number in the lines; 256 or 512 entries. */
  public byte[] firstTable() {
    return first;
  }

  public byte[] secondTable() {
    return second;
  }

  /** Lines before those of a number for several columns. */
  public int headLines() {
    return kind == Kind.TERNARY ? (topBits ? 1 : 0) : first.length > 256 ? 1 : 0;
  }

  /** Lines of a unit. */
  int lines() {
    return headLines()
        + switch (kind) {
          case EIGHTS -> Packing.UNIT / 32 * 2;
          case QUADS -> Packing.UNIT / 32 * 3;
          case TERNARY -> Math.ceilDiv(FOURS, DIGITS);
        };
  }

  /**
   * @param eights indices of a row, as of {@link IndexPacker#twoFours}
   * @param at of the row in the first line of words
   */
  void pack(long[] eights, int[] words, int at) {
    switch (kind) {
      case EIGHTS -> packEights(eights, words, at);
      case QUADS -> packQuads(eights, words, at);
      case TERNARY -> packDigits(eights, words, at);
    }
  }

  /** The low two bits of eight columns; the first four columns have the lowest bits. */
  private static int lowPairs(long eight) {
    return (int) Long.compress(eight, 3 * Bits.ONES);
  }

  private void packEights(long[] eights, int[] words, int at) {
    int to = at + headLines() * ROWS;
    for (int block = 0; block < FOURS / 8; block++, to += 2 * ROWS) {
      int line = 0;
      for (int j = 0; j < 4; j++) {
        int entry = entries[lowPairs(eights[4 * block + j])];
        line |= (entry & 255) << 8 * j;
        if (first.length > 256) {
          words[at] |= entry >> 8 << 8 * j + block;
        }
      }
      words[to] = line;
      words[to + ROWS] = signs(eights, block, 2);
    }
  }

  /** The low three bits of the first four of eight columns, or of the others. */
  private static int lowThrees(long eight, int which) {
    long pairs = 0x0003000300030003L << 8 * which;
    long thirds = 0x0004000400040004L << 8 * which;
    return (int) (Long.compress(eight, pairs) | Long.compress(eight, thirds) << 8);
  }

  private void packQuads(long[] eights, int[] words, int at) {
    int to = at;
    for (int block = 0; block < FOURS / 8; block++, to += 3 * ROWS) {
      for (int j = 0; j < 8; j++) {
        int entry = entries[lowThrees(eights[4 * block + j / 2], j & 1)];
        words[to + j / 4 * ROWS] |= entry << 8 * (j & 3);
      }
      words[to + 2 * ROWS] = signs(eights, block, 3);
    }
  }

  /** The top bits of 32 columns. */
  private static int signs(long[] eights, int block, int lowBits) {
    int signs = 0;
    for (int j = 0; j < 4; j++) {
      long tops = eights[4 * block + j] >>> lowBits & Bits.ONES;
      signs |= (int) (tops | tops >>> 31) << 2 * j;
    }
    return signs;
  }

  /** The low two bits of four columns. */
  private static int digits(long[] eights, int four) {
    return (int) (eights[four >> 1] >>> 32 * (four & 1)) & 3 * EACH_BYTE;
  }

  private void packDigits(long[] eights, int[] words, int at) {
    int to = at + headLines() * ROWS;
    for (int begin = 0; begin < FOURS; begin += DIGITS, to += ROWS) {
      int word =
          digits(eights, begin)
              + 3 * digits(eights, begin + 1)
              + 9 * digits(eights, begin + 2)
              + 27 * digits(eights, begin + 3);
      words[to] = begin + 4 < FOURS ? word + 81 * digits(eights, begin + 4) : word;
    }
    if (topBits) {
      for (int n = 0; n < FOURS / 2; n++) {
        words[at] |= ((int) eights[n] >>> 2 & 1) << n;
      }
    }
  }
}
