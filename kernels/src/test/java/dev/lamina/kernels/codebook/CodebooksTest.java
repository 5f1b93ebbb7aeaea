package dev.lamina.kernels.codebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodebooksTest {
  @ParameterizedTest
  @ValueSource(strings = {"iq1_s", "iq2_xxs", "iq2_xs", "iq2_s", "iq3_xxs", "iq3_s"})
  void gridsHoldDistinctEntriesOfTheirAlphabet(String name) {
    int[][] entries = entries(name);
    Set<Integer> alphabet =
        switch (name) {
          case "iq1_s" -> Set.of(-1, 0, 1);
          case "iq3_xxs" -> Set.of(4, 12, 20, 28, 36, 44, 52, 62);
          case "iq3_s" -> Set.of(1, 3, 5, 7, 9, 11, 13, 15);
          default -> Set.of(8, 25, 43);
        };
    int nEntries =
        switch (name) {
          case "iq1_s" -> 2048;
          case "iq2_s" -> 1024;
          case "iq2_xs", "iq3_s" -> 512;
          default -> 256;
        };
    assertEquals(nEntries, entries.length);
    assertEquals(nEntries, Arrays.stream(entries).map(Arrays::toString).distinct().count());
    assertEquals(
        alphabet,
        Arrays.stream(entries).flatMapToInt(Arrays::stream).boxed().collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iq1_s",
        "iq2_xxs",
        "iq2_xs",
        "iq2_s",
        "iq3_xxs",
        "iq3_s",
        "iq4_nl",
        "mxfp4",
        "ksigns_iq2_xxs"
      })
  void sameAsTheDevelopersTables(String name) throws IOException {
    Path folder = GoldenData.file("codebooks");
    int[] expected =
        Arrays.stream(Files.readString(folder.resolve(name + ".txt")).strip().split("\\s+"))
            .mapToInt(Integer::parseInt)
            .toArray();
    int[] actual = Arrays.stream(entries(name)).flatMapToInt(Arrays::stream).toArray();
    assertArrayEquals(expected, actual);
  }

  @Test
  void signsHaveEvenParityAndKeepTheirIndex() {
    byte[] signs = Codebooks.evenSigns();
    assertEquals(128, signs.length);
    for (int i = 0; i < 128; i++) {
      assertEquals(i, signs[i] & 127);
      assertEquals(0, Integer.bitCount(signs[i] & 255) % 2, "index " + i);
    }
  }

  @Test
  void valueTables() {
    byte[] iq4 = Codebooks.iq4nl();
    assertEquals(16, iq4.length);
    assertTrue(IntStream.range(1, 16).allMatch(i -> iq4[i - 1] < iq4[i]), "not ascending");
    byte[] e2m1 = Codebooks.e2m1();
    for (int i = 0; i < 8; i++) {
      assertEquals(-e2m1[i], e2m1[i + 8]);
    }
  }

  /** Each entry as its values in order; sign masks and value tables as one value an entry. */
  private static int[][] entries(String name) {
    return switch (name) {
      case "iq1_s" -> unpack(Codebooks.iq1(), 8);
      case "iq2_xxs" -> unpack(Codebooks.iq2xxs(), 8);
      case "iq2_xs" -> unpack(Codebooks.iq2xs(), 8);
      case "iq2_s" -> unpack(Codebooks.iq2s(), 8);
      case "iq3_xxs" -> unpack(widen(Codebooks.iq3xxs()), 4);
      case "iq3_s" -> unpack(widen(Codebooks.iq3s()), 4);
      case "iq4_nl" -> bytes(Codebooks.iq4nl(), -1);
      case "mxfp4" -> bytes(Codebooks.e2m1(), -1);
      case "ksigns_iq2_xxs" -> bytes(Codebooks.evenSigns(), 255);
      default -> throw new AssertionError(name);
    };
  }

  private static int[][] unpack(long[] grid, int nValues) {
    int[][] entries = new int[grid.length][nValues];
    for (int i = 0; i < grid.length; i++) {
      for (int j = 0; j < nValues; j++) {
        entries[i][j] = (byte) (grid[i] >> 8 * j);
      }
    }
    return entries;
  }

  private static long[] widen(int[] grid) {
    return Arrays.stream(grid).asLongStream().toArray();
  }

  private static int[][] bytes(byte[] table, int mask) {
    return IntStream.range(0, table.length)
        .mapToObj(i -> new int[] {table[i] & mask})
        .toArray(int[][]::new);
  }
}
