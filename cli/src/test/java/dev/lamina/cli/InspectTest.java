package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code lamina inspect} on the embedded model. */
class InspectTest {
  @Test
  void summaryAddsUp() throws IOException {
    JsonNode json = json();
    assertEquals("qwen2", json.get("architecture").asText());
    assertEquals(256, json.get("context_length").asInt());
    assertTrue(json.get("supported").asBoolean(), json.get("problem").asText());
    long parameters = 0;
    long bytes = 0;
    for (JsonNode tensor : json.get("tensors")) {
      long elements = 1;
      for (JsonNode dimension : tensor.get("shape")) {
        elements *= dimension.asLong();
      }
      parameters += elements;
      bytes += tensor.get("bytes").asLong();
    }
    assertEquals(5_249_280, parameters);
    assertEquals(parameters, json.get("parameters").asLong());
    assertEquals(bytes, json.get("bytes").asLong());
    assertEquals(8.0 * bytes / parameters, json.get("bits_per_weight").asDouble(), 1e-9);
  }

  @Test
  void longArraysAreCutUnlessFull() throws IOException {
    JsonNode cut = json("--metadata").get("metadata").get("tokenizer.ggml.tokens");
    JsonNode full = json("--metadata", "--full").get("metadata").get("tokenizer.ggml.tokens");
    assertEquals(2048, cut.get("count").asInt());
    assertEquals(InspectView.SHORT_ARRAY, cut.get("first").size());
    assertEquals(2048, full.size());
  }

  @Test
  void filtersChooseWhatIsShown() throws IOException {
    JsonNode tensors = json("--tensors", "--filter", "blk.3.ffn_");
    assertNull(tensors.get("metadata"));
    assertNull(tensors.get("architecture"));
    assertEquals(4, tensors.get("tensors").size());
    String text = Cli.run("inspect", "--metadata", "--filter", "rope").out();
    assertEquals(
        List.of("metadata (1 keys)", "  qwen2.rope.freq_base  10000.0"),
        text.strip().lines().toList());
  }

  @Test
  void textNamesTypesAndVerdict() {
    String text = Cli.run("inspect").out();
    assertTrue(text.contains("can be run    yes"), text);
    assertTrue(text.contains("Q4_K"), text);
    assertTrue(
        text.lines().anyMatch(l -> l.contains("blk.0.attn_k.weight") && l.contains("256 x 128")),
        text);
    assertFalse(text.chars().anyMatch(c -> c < ' ' && c != '\n'));
  }

  private static JsonNode json(String... options) throws IOException {
    String[] args = new String[options.length + 2];
    args[0] = "inspect";
    args[1] = "--json";
    System.arraycopy(options, 0, args, 2, options.length);
    Cli.Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.code(), outcome.err());
    return new ObjectMapper().readTree(outcome.out());
  }
}
