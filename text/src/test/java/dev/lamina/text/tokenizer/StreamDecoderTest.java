package dev.lamina.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamDecoderTest {
  private final Tokenizer tokenizer =
      Tokenizers.from(TestVocabularies.metadata(TestVocabularies.sentencePiece()));

  private final StreamDecoder decoder = new StreamDecoder(tokenizer, false);

  private String add(int b) {
    return decoder.add(3 + b); // the tokens of the bytes begin at 3
  }

  @Test
  void givesACharacterWithItsLastByte() {
    assertEquals("", add(0xF0));
    assertEquals("", add(0x9F));
    assertEquals("", add(0x98));
    assertEquals("😀", add(0x80));
    assertEquals("a", add('a'));
    assertEquals("", decoder.flush());
  }

  @Test
  void replacesMalformedBytesAsSoonAsTheyAre() {
    assertEquals("\ufffd", add(0x80));
    assertEquals("\ufffd", add(0xFF));
    assertEquals("", add(0xE2));
    assertEquals("\ufffda", add('a'));
    assertEquals("", add(0xC3));
    assertEquals("\ufffd", add(0xC3));
    assertEquals("é", add(0xA9));
  }

  @Test
  void flushEndsAnUnfinishedCharacterAndStartsAfresh() {
    assertEquals("", add(0xE2));
    assertEquals("", add(0x82));
    assertEquals("\ufffd", decoder.flush());
    assertEquals("", decoder.flush());
    assertEquals("", add(0xC3));
    assertEquals("é", add(0xA9));
  }

  @Test
  void hidesControlTokensUnlessAsked() {
    assertEquals("", decoder.add(1));
    assertEquals("<s>", new StreamDecoder(tokenizer, true).add(1));
  }

  @Test
  void refusesIdsOutsideOfTheVocabulary() {
    assertThrows(IndexOutOfBoundsException.class, () -> decoder.add(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> decoder.add(tokenizer.vocabulary().size()));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void givesInTotalWhatDecodeGives(long seed) {
    Tokenizer demo = Tokenizers.from(TestVocabularies.metadata(TestVocabularies.demo()));
    Random random = new Random(seed);
    StreamDecoder stream = new StreamDecoder(demo, true);
    for (int round = 0; round < 50; round++) {
      int[] ids = random.ints(40, 0, random.nextBoolean() ? 256 : 2048).toArray();
      StringBuilder text = new StringBuilder();
      for (int id : ids) {
        String part = stream.add(id);
        assertFalse(
            !part.isEmpty() && Character.isHighSurrogate(part.charAt(part.length() - 1)),
            "seed " + seed);
        text.append(part);
      }
      text.append(stream.flush());
      assertEquals(demo.decode(ids, true), text.toString(), "seed " + seed);
    }
  }
}
