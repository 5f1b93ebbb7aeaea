package dev.lamina.text.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.MetadataArray;
import dev.lamina.gguf.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytePairTest {
  private static final int END_OF_TEXT = 2045;
  private static final int IM_START = 2046;
  private static final int IM_END = 2047;

  private static Tokenizer demo() {
    return Tokenizers.from(TestVocabularies.metadata(TestVocabularies.demo()));
  }

  /** Ids from the reference for the demo model. */
  @Test
  void encodesThePromptOfTheDemoModel() {
    int[] expected = {418, 308, 11, 532, 326, 292, 308, 11, 331, 327, 267, 583, 395, 397, 269};
    String text = "To be, or not to be, that is the question:\n";
    assertArrayEquals(expected, demo().encode(text, true, true));
    assertEquals(text, demo().decode(expected, false));
  }

  @Test
  void parsesSpecialTokensOnRequest() {
    Tokenizer tokenizer = demo();
    String text = "<|im_start|>user<|im_end|>\n<|im_end|";
    int[] parsed = tokenizer.encode(text, false, true);
    assertEquals(IM_START, parsed[0]);
    assertEquals(1, Arrays.stream(parsed).filter(id -> id == IM_END).count());
    int[] plain = tokenizer.encode(text, false, false);
    assertTrue(Arrays.stream(plain).allMatch(id -> id < END_OF_TEXT));
    assertEquals(text, tokenizer.decode(plain, false));
    assertEquals(text, tokenizer.decode(parsed, true));
    assertEquals("user\n<|im_end|", tokenizer.decode(parsed, false));
  }

  @Test
  void findsTheLongestSpecialTokenFirst() {
    Map<String, Object> values = withTokens(List.of("<a>", "<a><b>", "b><a"), 4);
    Tokenizer tokenizer = Tokenizers.from(TestVocabularies.metadata(values));
    assertArrayEquals(new int[] {257, 256}, tokenizer.encode("<a><b><a>", false, false));
    assertArrayEquals(new int[] {'<' - 33, 258, 'x' - 33}, plain(tokenizer, "<b><ax"));
  }

  private static int[] plain(Tokenizer tokenizer, String text) {
    return tokenizer.encode(text, false, false);
  }

  /** The byte tokens, in the order of the alphabet, then others of one type. */
  private static Map<String, Object> withTokens(List<String> tokens, int type) {
    ByteAlphabet alphabet = new ByteAlphabet();
    List<String> all = new ArrayList<>();
    IntStream.range(0, 256)
        .mapToObj(alphabet::character)
        .sorted()
        .forEach(c -> all.add(String.valueOf(c)));
    all.addAll(tokens);
    List<Integer> types = new ArrayList<>();
    IntStream.range(0, all.size()).forEach(i -> types.add(i < 256 ? 1 : type));
    Map<String, Object> values = TestVocabularies.bytePair("gpt-2", all, List.of("a b"));
    values.put("tokenizer.ggml.token_type", new MetadataArray(ValueType.I32, types));
    return values;
  }

  @Test
  void takesWhiteSpaceAfterThePhi3Tokens() {
    Map<String, Object> values = withTokens(List.of("<|user|>"), 3);
    String text = "<|user|> \n x <|user|>\t";
    Tokenizer keeps = Tokenizers.from(TestVocabularies.metadata(values));
    assertEquals(text, keeps.decode(keeps.encode(text, false, true), true));
    values.put("general.name", "My Phi-3 model");
    Tokenizer takes = Tokenizers.from(TestVocabularies.metadata(values));
    assertEquals("<|user|>x <|user|>", takes.decode(takes.encode(text, false, true), true));
  }

  @Test
  void addsWhatTheFileOrThePreTokenizerSays() {
    Map<String, Object> values = TestVocabularies.demo();
    values.put("tokenizer.ggml.add_bos_token", true);
    values.put("tokenizer.ggml.add_eos_token", true);
    Tokenizer tokenizer = Tokenizers.from(TestVocabularies.metadata(values));
    assertArrayEquals(new int[] {2045, 66, 2045}, tokenizer.encode("c", true, false));
    assertArrayEquals(new int[] {66}, tokenizer.encode("c", false, false));
    values.remove("tokenizer.ggml.add_bos_token");
    values.remove("tokenizer.ggml.add_eos_token");
    assertFalse(Tokenizers.from(TestVocabularies.metadata(values)).vocabulary().addBos());
    values.put("tokenizer.ggml.pre", "llama-bpe");
    assertTrue(Tokenizers.from(TestVocabularies.metadata(values)).vocabulary().addBos());
    values.remove("tokenizer.ggml.bos_token_id");
    assertFalse(Tokenizers.from(TestVocabularies.metadata(values)).vocabulary().addBos());
  }

  @Test
  void knowsWhatEndsAGeneration() {
    Vocabulary vocabulary = demo().vocabulary();
    assertArrayEquals(
        new int[] {END_OF_TEXT, IM_END},
        IntStream.range(-1, vocabulary.size()).filter(vocabulary::isEndOfGeneration).toArray());
    Map<String, Object> values =
        withTokens(List.of("<|im_end|>", "<|fim_pad|>", "<|fim_prefix|>", "<x>", "<y>"), 1);
    values.put("tokenizer.ggml.eot_token_id", 259L);
    values.put("tokenizer.ggml.eos_token_id", 260L);
    Vocabulary others = Tokenizers.from(TestVocabularies.metadata(values)).vocabulary();
    assertTrue(others.isEndOfGeneration(256) && others.isControl(256));
    assertTrue(others.isEndOfGeneration(257) && others.isControl(257));
    assertTrue(!others.isEndOfGeneration(258) && others.isControl(258));
    assertTrue(others.isEndOfGeneration(259) && !others.isControl(259));
    assertTrue(others.isEndOfGeneration(260));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<|eot_id|>",
        "<|im_end|>",
        "<|end|>",
        "<|return|>",
        "<|call|>",
        "<|flush|>",
        "<|calls|>",
        "<end_of_turn>",
        "<|endoftext|>",
        "</s>",
        "<|eom_id|>",
        "<EOT>",
        "_<EOT>",
        "[EOT]",
        "[EOS]",
        "<|end_of_text|>",
        "<end_of_utterance>",
        "<eos>",
        "<turn|>",
        "<|tool_response>",
        "<|fim_pad|>",
        "<fim-pad>",
        "<fim_pad>",
        "<PAD>",
        "[PAD]",
        "<|fim_repo|>",
        "<|repo_name|>",
        "<fim-repo>",
        "<REPO>",
        "<reponame>",
        "<|file_sep|>"
      })
  void textsEndAGeneration(String text) {
    Map<String, Object> values = withTokens(List.of(text, "<x>"), 1);
    Vocabulary vocabulary = Tokenizers.from(TestVocabularies.metadata(values)).vocabulary();
    assertTrue(vocabulary.isEndOfGeneration(256) && vocabulary.isControl(256));
    assertFalse(vocabulary.isEndOfGeneration(257));
  }

  @ParameterizedTest
  @ValueSource(strings = {"eos", "eot", "eom", "fim_pad", "fim_rep", "fim_sep"})
  void keysEndAGeneration(String role) {
    Map<String, Object> values = withTokens(List.of("<x>", "<y>"), 1);
    values.put("tokenizer.ggml." + role + "_token_id", 257L);
    Vocabulary vocabulary = Tokenizers.from(TestVocabularies.metadata(values)).vocabulary();
    assertTrue(vocabulary.isEndOfGeneration(257));
    assertFalse(vocabulary.isEndOfGeneration(256));
  }

  @Test
  void knowsWhatIsNeverChosen() {
    Map<String, Object> values = withTokens(List.of("<x>", "<y>"), 1);
    assertEquals(
        0, Tokenizers.from(TestVocabularies.metadata(values)).vocabulary().suppressed().length);
    values.put(
        "tokenizer.ggml.suppress_tokens",
        new MetadataArray(ValueType.I32, List.<Object>of(257, -1, 258, 3, 257)));
    assertArrayEquals(
        new int[] {257, 3},
        Tokenizers.from(TestVocabularies.metadata(values)).vocabulary().suppressed());
  }

  @Test
  void keepsEndOfMessageGoingInHarmony() {
    Map<String, Object> values =
        withTokens(List.of("<|return|>", "<|call|>", "<|end|>", "<|channel|>"), 3);
    Tokenizer tokenizer = Tokenizers.from(TestVocabularies.metadata(values));
    Vocabulary vocabulary = tokenizer.vocabulary();
    assertTrue(vocabulary.isEndOfGeneration(256) && vocabulary.isEndOfGeneration(257));
    assertFalse(vocabulary.isEndOfGeneration(258));
    assertEquals("<|end|><|channel|>", tokenizer.decode(new int[] {256, 258, 259}, false));
  }

  /** The result of a merge need not be a token; no text is lost then. */
  @Test
  void keepsTextThatMergesToNoToken() {
    Map<String, Object> values = TestVocabularies.everythingMerges("gpt-2");
    values.put(
        "tokenizer.ggml.merges",
        new MetadataArray(ValueType.STRING, List.of("x y", "xy z", "Ġ xyz", "no such")));
    Tokenizer tokenizer = Tokenizers.from(TestVocabularies.metadata(values));
    for (String text : List.of("xyz xyz", "wxyyz", " xy")) {
      assertEquals(text, tokenizer.decode(tokenizer.encode(text, false, false), false));
    }
  }

  @Test
  void warnsOfWhatMayBeWrong() {
    Map<String, Object> values = withTokens(List.of("same", "same"), 1);
    values.remove("tokenizer.ggml.pre");
    Metadata metadata = TestVocabularies.metadata(values);
    Tokenizers.from(metadata);
    List<String> warnings = metadata.warnings().all();
    assertEquals(2, warnings.size());
    assertTrue(warnings.get(0).startsWith("test.gguf: metadata key tokenizer.ggml.pre is missing"));
    assertTrue(
        warnings
            .get(1)
            .startsWith(
                "test.gguf: metadata key tokenizer.ggml.tokens has 1 tokens with the text of another"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void roundTripsAnyText(long seed) {
    Tokenizer tokenizer = demo();
    Random random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = random.nextInt(60); k > 0; k--) {
        text.appendCodePoint(random.nextInt(random.nextBoolean() ? 0x80 : 0x110000));
      }
      String expected = Utf8.wellFormed(text.toString());
      int[] ids = tokenizer.encode(text.toString(), false, random.nextBoolean());
      assertEquals(expected, tokenizer.decode(ids, true), "seed " + seed);
    }
  }

  @Test
  void replacesUnpairedSurrogates() {
    Tokenizer tokenizer = demo();
    int[] ids = tokenizer.encode("a\ud800b\udc00", false, false);
    assertEquals("a\ufffdb\ufffd", tokenizer.decode(ids, false));
  }

  @Test
  void servesSeveralThreads() {
    Tokenizer tokenizer = demo();
    List<String> texts =
        IntStream.range(0, 400).mapToObj(i -> "The king's " + i % 37 + " sons, " + i).toList();
    List<int[]> expected = texts.stream().map(t -> demo().encode(t, false, false)).toList();
    IntStream.range(0, 4000)
        .parallel()
        .forEach(i ->
            assertArrayEquals(
                expected.get(i % 400), tokenizer.encode(texts.get(i % 400), false, false)));
  }
}
