package dev.lamina.engine.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuMaskTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"0x0|{}", "f|{0, 1, 2, 3}", "0xA1|{0, 5, 7}", "0X10000000000000000|{64}"})
  void digitsAreBitsFromTheRight(String text, String cpus) {
    assertEquals(cpus, CpuMask.parseHex(text).toString());
  }

  @Test
  void theLastProcessorHasTheFirstDigit() {
    assertEquals(511, CpuMask.parseHex("8" + "0".repeat(127)).next(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0x", "x", "-1", "0x0x1", "1,2", " 1", "1.5"})
  void otherTextsAreNoMask(String text) {
    assertThrows(IllegalArgumentException.class, () -> CpuMask.parseHex(text));
  }

  @Test
  void aMaskHasAtMost512Processors() {
    assertThrows(IllegalArgumentException.class, () -> CpuMask.parseHex("1".repeat(129)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"2-4|3|2", "-3|4|0", "510-|2|510", "-|512|0", "7-7|1|7", "4-2|0|-1"})
  void rangesMayBeOpen(String text, int count, int first) {
    CpuMask mask = CpuMask.parseRange(text);
    assertEquals(count, mask.count());
    assertEquals(first, mask.next(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3", "a-b", "0-512", "512-", "1-2-3", "99999999999-", "--1"})
  void otherTextsAreNoRange(String text) {
    assertThrows(IllegalArgumentException.class, () -> CpuMask.parseRange(text));
  }

  @Test
  void setsAreJoinedAndCut() {
    CpuMask low = CpuMask.between(0, 3);
    CpuMask odd = CpuMask.parseHex("aa");
    assertEquals("{1, 3}", low.and(odd).toString());
    assertEquals("{0, 1, 2, 3, 5, 7}", low.or(odd).toString());
    assertEquals(odd, CpuMask.of(odd.words()));
  }
}
