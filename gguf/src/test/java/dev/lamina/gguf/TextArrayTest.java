package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextArrayTest {
  /** Bytes at the borders of what UTF-8 allows. */
  private static final int[] BORDERS = {
    0, 0x20, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
    0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFB, 0xFC, 0xFE, 0xFF
  };

  @Test
  void textsAreThoseThatStringMakesOfTheBytes() {
    Random random = new Random(1);
    int count = 200_000;
    TextArrayBuilder builder = new TextArrayBuilder(count, 10);
    List<String> expected = new ArrayList<>();
    int wellFormed = 0;
    for (int i = 0; i < count; i++) {
      byte[] text = new byte[random.nextInt(6)];
      for (int j = 0; j < text.length; j++) {
        text[j] = (byte) BORDERS[random.nextInt(BORDERS.length)];
      }
      String decoded = new String(text, StandardCharsets.UTF_8);
      boolean same = Arrays.equals(text, decoded.getBytes(StandardCharsets.UTF_8));
      assertEquals(same, builder.add(text, 0, text.length), () -> Arrays.toString(text));
      expected.add(decoded);
      wellFormed += same ? 1 : 0;
    }
    TextArray texts = builder.build();
    assertEquals(expected, texts);
    assertTrue(wellFormed > count / 10 && wellFormed < count / 2, "well-formed: " + wellFormed);
  }

  @Test
  void bytesAreThoseOfTheTexts() {
    TextArray texts = TextArray.of(List.of("", "Ġthe", "▁", "𝄞", ""));
    byte[] clef = "x𝄞".getBytes(StandardCharsets.UTF_8);
    assertEquals(5, texts.size());
    assertEquals(4, texts.end(3) - texts.start(3));
    assertTrue(texts.is(3, clef, 1, 5));
    assertFalse(texts.is(2, clef, 1, 5));
    assertEquals("Ġthe", texts.get(1));
    assertThrows(IndexOutOfBoundsException.class, () -> texts.get(5));
  }
}
