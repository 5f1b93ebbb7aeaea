package dev.lamina.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentencePieceTest {

  private static Tokenizer tokenizer(boolean addSpacePrefix) {
    Map<String, Object> values = TestVocabularies.sentencePiece();
    values.put("tokenizer.ggml.add_space_prefix", addSpacePrefix);
    return Tokenizers.from(TestVocabularies.metadata(values));
  }

  /** Ids of llama.cpp. */
  @ParameterizedTest
  @CsvSource({
    "true,false,false",
    "true,false,true",
    "true,true,false",
    "true,true,true",
    "false,false,false",
    "false,false,true",
    "false,true,false",
    "false,true,true"
  })
  void equalsLlamaCpp(boolean addSpacePrefix, boolean addSpecial, boolean parseSpecial) {
    Tokenizer tokenizer = tokenizer(addSpacePrefix);
    JsonNode golden = TestVocabularies.json("sentencepiece.json");
    String mode = addSpacePrefix + " " + addSpecial + " " + parseSpecial;
    JsonNode ids = golden.get("ids").get(mode);
    assertTrue(ids.size() > 10);
    for (int i = 0; i < ids.size(); i++) {
      String text = golden.get("texts").get(i).textValue();
      assertArrayEquals(
          TestVocabularies.ids(ids.get(i)),
          tokenizer.encode(text, addSpecial, parseSpecial),
          mode + ": " + text);
    }
  }

  @Test
  void decodesWhatItEncodes() {
    for (boolean addSpacePrefix : new boolean[] {true, false}) {
      Tokenizer tokenizer = tokenizer(addSpacePrefix);
      for (String text : new String[] {"Hello world", "  a", "", " ", "é中文😀\n"}) {
        assertEquals(text, tokenizer.decode(tokenizer.encode(text, true, false), false));
      }
    }
  }

  @Test
  void rendersByType() {
    Tokenizer tokenizer = tokenizer(true);
    assertArrayEquals(new byte[] {(byte) 0xE2}, tokenizer.bytes(3 + 0xE2, false));
    assertEquals("<s> Hello", tokenizer.decode(tokenizer.encode("Hello", true, false), true));
    int unused = tokenizer.encode("zz", false, false)[1];
    assertEquals("zz", tokenizer.vocabulary().piece(unused));
    assertEquals(0, tokenizer.bytes(unused, true).length);
  }

  @Test
  void knowsTheDefaultsOfTheKind() {
    Vocabulary vocabulary = tokenizer(true).vocabulary();
    assertEquals(1, vocabulary.bos());
    assertEquals(2, vocabulary.eos());
    assertTrue(vocabulary.addBos());
    assertFalse(vocabulary.addEos());
    assertTrue(vocabulary.isEndOfGeneration(2));
    assertFalse(vocabulary.isEndOfGeneration(1));
    assertTrue(vocabulary.isControl(1));
    assertFalse(vocabulary.isControl(0));
  }
}
