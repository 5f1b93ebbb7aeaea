package dev.lamina.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.MetadataArray;
import dev.lamina.gguf.ValueType;
import dev.lamina.text.tokenizer.Tokenizer;
import dev.lamina.text.tokenizer.Tokenizers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Finding stop texts in text that arrives in pieces of any size. */
class StopFinderTest {
  private static final Tokenizer TOKENIZER = tokenizer();

  private static Tokenizer tokenizer() {
    List<Object> tokens = List.of("<unk>", "<s>", "<|end|>", "U", "s", "e", "r", ":");
    return Tokenizers.from(
        new Metadata(
            "m.gguf",
            Map.of(
                "tokenizer.ggml.model",
                "llama",
                "tokenizer.ggml.tokens",
                new MetadataArray(ValueType.STRING, tokens),
                "tokenizer.ggml.scores",
                new MetadataArray(ValueType.F32, List.<Object>of(0f, 0f, 0f, 0f, 0f, 0f, 0f, 0f)),
                "tokenizer.ggml.token_type",
                new MetadataArray(ValueType.I32, List.<Object>of(2, 3, 3, 1, 1, 1, 1, 1)))));
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "Hello User: next,User:,Hello ,User:",
        "Us Use User: x,User:,Us Use ,User:",
        "aaab,aab,a,aab",
        "no stop,###,no stop,",
        "end #,###,end #,",
        "x##,##,x,##",
        "a##b##,##,a,##",
        "abcd,bc|abc,,abc",
        "abcd,cd|bc,a,bc"
      })
  void findsThemAcrossPieces(String text, String stops, String before, String stop) {
    String shown = before == null ? "" : before;
    for (int piece = 1; piece <= text.length(); piece++) {
      for (boolean showStop : new boolean[] {false, true}) {
        StopFinder finder = new StopFinder(List.of(stops.split("\\|")), showStop, TOKENIZER);
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < text.length() && !finder.found(); at += piece) {
          out.append(finder.add(text.substring(at, Math.min(text.length(), at + piece))));
        }
        out.append(finder.finish());
        assertEquals(stop != null, finder.found());
        assertEquals(shown + (showStop && stop != null ? stop : ""), out.toString());
      }
    }
  }

  @Test
  void holdsBackOnlyWhatMayBeAStop() {
    StopFinder finder = new StopFinder(List.of("User:", "", "###"), false, TOKENIZER);
    assertEquals("abc", finder.add("abc"));
    assertEquals("", finder.add("#"));
    assertEquals("#x", finder.add("x"));
    assertEquals("Use", finder.add("UseU"));
    assertEquals("Us", finder.add("s") + finder.finish());
    assertFalse(finder.found());
  }

  @Test
  void controlTokensStopByTheirId() {
    StopFinder finder = new StopFinder(List.of("<|end|>", "User"), false, TOKENIZER);
    assertFalse(finder.endsAt(3));
    assertFalse(finder.found());
    assertTrue(finder.endsAt(2));
    assertTrue(finder.found());
    assertEquals("", finder.add("more") + finder.finish());
  }
}
