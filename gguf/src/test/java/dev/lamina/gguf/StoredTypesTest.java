package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredTypesTest {
  private static final int COLUMNS = 96;
  private static final int ROWS = 24;
  private static final float SCALE = 0.75f;

  /** Rows of plain blocks, a half scale and 16 bytes each, in the old layout by its definition. */
  private static byte[] interleave(byte[] plain, int nRows, int turn, int mask) {
    byte[] out = new byte[plain.length];
    int nBlocks = COLUMNS / 32;
    int at = 0;
    for (int strip = 0; strip < ROWS; strip += nRows) {
      for (int column = 0; column < nBlocks; column++) {
        for (int row = strip; row < strip + nRows; row++) {
          int block = 18 * (row * nBlocks + column);
          out[at++] = plain[block];
          out[at++] = plain[block + 1];
        }
        for (int from = 0; from < 16; from += turn) {
          for (int row = strip; row < strip + nRows; row++) {
            for (int i = from; i < from + turn; i++) {
              out[at++] = (byte) (plain[18 * (row * nBlocks + column) + 2 + i] ^ mask);
            }
          }
        }
      }
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "31, Q4_0_4_4, Q4_0, 4, 4, 0x88",
    "32, Q4_0_4_8, Q4_0, 4, 8, 0x88",
    "33, Q4_0_8_8, Q4_0, 8, 8, 0x88",
    "36, IQ4_NL_4_4, IQ4_NL, 4, 4, 0",
    "37, IQ4_NL_4_8, IQ4_NL, 4, 8, 0",
    "38, IQ4_NL_8_8, IQ4_NL, 8, 8, 0",
  })
  void interleavedTypesAreReadAsPlainOnes(
      int id, String label, TensorType type, int nRows, int turn, String mask) {
    byte[] plain = new byte[COLUMNS / 32 * ROWS * 18];
    new Random(id).nextBytes(plain);
    byte[] stored = interleave(plain, nRows, turn, Integer.decode(mask));
    RawGguf raw = RawGguf.header(1, 0).tensor("w", id, 0, COLUMNS, ROWS).data(0);
    for (byte b : stored) {
      raw.raw(b);
    }
    try (GgufFile file = raw.open()) {
      TensorEntry entry = file.table().getFirst();
      assertEquals(label, entry.typeName());
      assertEquals(stored.length, entry.bytes());
      assertEquals(type, entry.tensor().type());
      assertArrayEquals(plain, entry.tensor().data().toArray(ValueLayout.JAVA_BYTE));
      assertArrayEquals(stored, entry.tensor().stored().toArray(ValueLayout.JAVA_BYTE));
    }
  }

  @Test
  void rowsMustMakeWholeStrips() {
    GgufFormatException e =
        assertThrows(
            GgufFormatException.class,
            () -> RawGguf.header(1, 0).tensor("w", 33, 0, 32, 12).data(432).open());
    assertTrue(e.getMessage().contains("tensor w"), e.getMessage());
    assertTrue(e.getMessage().contains("strips of 8"), e.getMessage());
  }

  /** Blocks of a half scale and codes, the first in the lowest bits. */
  @ParameterizedTest
  @CsvSource({
    "41, Q1_0, 128, 1, -1 1",
    "42, Q2_0, 64, 2, -1 0 1 2",
    "42, Q2_0_g128, 128, 2, -1 0 1 2"
  })
  void fewBitsBecomeTheSameValues(int id, String label, int block, int bits, String values) {
    String[] factors = values.split(" ");
    int columns = 2 * block;
    int rows = 3;
    Random random = new Random(id);
    RawGguf raw = RawGguf.header(1, 0).tensor("w", id, 0, columns, rows).data(0);
    float[] expected = new float[columns * rows];
    for (int at = 0; at < expected.length; at += block) {
      short scale = Float.floatToFloat16(SCALE * (1 + at));
      raw.integer(scale, 2);
      byte[] codes = new byte[block * bits / 8];
      random.nextBytes(codes);
      for (int i = 0; i < block; i++) {
        int code = codes[i * bits / 8] >> i * bits % 8 & (1 << bits) - 1;
        expected[at + i] = Float.float16ToFloat(scale) * Float.parseFloat(factors[code]);
      }
      for (byte code : codes) {
        raw.raw(code);
      }
    }
    try (GgufFile file = raw.open()) {
      assertEquals(label, file.table().getFirst().typeName());
      GgufTensor tensor = file.tensors().get("w");
      float[] found = new float[expected.length];
      tensor.type().format().dequantize(tensor.data(), 0, found.length, found, 0);
      assertArrayEquals(expected, found);
    }
  }

  /** bitnet.cpp's type of number 36 has a quarter of a byte for each weight, and 32 more. */
  @Test
  void sizeTellsTypesOfOneNumberApart(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("m.gguf");
    Files.write(
        path,
        RawGguf.header(2, 0)
            .tensor("w", 36, 0, 64, 64)
            .tensor("v", 0, 1056, 8)
            .data(1056 + 32)
            .bytes());
    try (GgufFile file = GgufFile.openAny(path)) {
      TensorEntry w = file.table().getFirst();
      assertEquals("I2_S", w.typeName());
      assertEquals(1056, w.bytes());
      assertNull(w.tensor());
      assertEquals(1, file.tensors().size());
    }
    GgufFormatException e = assertThrows(GgufFormatException.class, () -> GgufFile.open(path));
    assertTrue(e.getMessage().contains("tensor w: type 36 is I2_S of bitnet.cpp"), e.getMessage());
  }

  @Test
  void everyTypeOfAForkIsNamed() {
    for (int id : new int[] {4, 5, 133, 137, 144, 148, 158, 202, 214, 223, 230, 340, 399}) {
      StoredType type = StoredTypes.of(id, List.of(256L), 1000);
      assertTrue(!type.label().startsWith("type"), type.label());
      assertTrue(type.advice().length() > 20, type.advice());
    }
    assertEquals("IQ4_KS", StoredTypes.of(144, List.of(256L), 0).label());
    assertEquals("Q8_K_R8", StoredTypes.of(399, List.of(256L), 0).label());
    assertEquals("type 143000", StoredTypes.of(143_000, List.of(1L), 0).label());
  }

  @Test
  void everyTypeOfGgmlIsItself() {
    for (TensorType type : TensorType.values()) {
      List<Long> shape = List.of((long) type.blockSize());
      StoredType stored = StoredTypes.of(type.ggufId(), shape, type.blockBytes());
      if (type == TensorType.Q1_0 || type == TensorType.Q2_0) {
        assertEquals(TensorType.Q4_0, stored.type());
        assertEquals(type.name(), stored.label());
        continue;
      }
      assertEquals(type, stored.type());
      assertNull(stored.layout());
    }
  }
}
