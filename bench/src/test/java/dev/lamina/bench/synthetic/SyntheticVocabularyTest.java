package dev.lamina.bench.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticVocabularyTest {
  @ParameterizedTest
  @ValueSource(strings = {"qwen2.5-3b", "qwen2.5-7b", "llama-3.1-8b", "qwen3-8b"})
  void mergesJoinEarlierTokens(String shape) {
    ModelShape model = ModelShape.of(shape);
    SyntheticVocabulary vocabulary = SyntheticVocabulary.of(model, 1);
    List<String> tokens = vocabulary.tokens();
    assertEquals(model.nVocab(), tokens.size());
    assertEquals(model.nVocab(), vocabulary.types().size());
    assertEquals(tokens.size(), new HashSet<>(tokens).size());
    Map<String, Integer> ids = new HashMap<>();
    for (int i = 0; i < tokens.size(); i++) {
      ids.put(tokens.get(i), i);
    }
    for (int i = 0; i < vocabulary.merges().size(); i++) {
      String[] pair = vocabulary.merges().get(i).split(" ", -1);
      assertEquals(2, pair.length);
      assertEquals(256 + i, ids.get(pair[0] + pair[1]));
      assertTrue(ids.get(pair[0]) < 256 + i && ids.get(pair[1]) < 256 + i);
    }
  }

  @Test
  void controlTokensStandWhereTheFamilyHasThem() {
    SyntheticVocabulary qwen = SyntheticVocabulary.of(ModelShape.of("qwen2.5-3b"), 1);
    assertEquals("<|im_end|>", qwen.tokens().get(151645));
    assertEquals(151645, qwen.eos());
    assertEquals("!", qwen.tokens().get(0));
    SyntheticVocabulary llama = SyntheticVocabulary.of(ModelShape.of("llama-3.2-1b"), 1);
    assertEquals("<|begin_of_text|>", llama.tokens().get(128000));
    assertEquals("<|start_header_id|>", llama.tokens().get(128006));
    assertEquals("<|eot_id|>", llama.tokens().get(128009));
    assertEquals(128009, llama.eos());
  }
}
