package dev.lamina.bench.synthetic;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A made-up byte-level BPE vocabulary: the 256 bytes, tokens joined of two earlier ones, control
 * tokens at the ids where the family has them, and unused ones to fill up.
 *
 * @param pre GGUF's {@code tokenizer.ggml.pre}
 * @param tokens in byte-level spelling
 * @param types GGUF's token types: 1 normal, 3 control, 5 unused
 * @param merges two tokens with a space between; the i-th makes token 256 + i
 * @param bos id, also where none is put in front
 */
record SyntheticVocabulary(
    String pre,
    List<String> tokens,
    List<Integer> types,
    List<String> merges,
    int bos,
    int eos,
    boolean addBos,
    String chatTemplate) {
  private static final int NORMAL = 1;
  private static final int CONTROL = 3;
  private static final int UNUSED = 5;
  private static final int MAX_LEFT = 9;
  private static final String SPACE = "\u0120";

  private static final int QWEN_TEXT_TOKENS = 151643;
  private static final int LLAMA_TEXT_TOKENS = 128000;

  private static final String CHAT_ML =
      "{%- for message in messages -%}"
          + "<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
          + "{%- endfor -%}"
          + "{%- if add_generation_prompt -%}<|im_start|>assistant\n{%- endif -%}";

  private static final String LLAMA_CHAT =
      "{{ bos_token }}{%- for message in messages -%}"
          + "<|start_header_id|>{{ message['role'] }}<|end_header_id|>\n\n"
          + "{{ message['content'] }}<|eot_id|>"
          + "{%- endfor -%}"
          + "{%- if add_generation_prompt -%}"
          + "<|start_header_id|>assistant<|end_header_id|>\n\n{%- endif -%}";

  static SyntheticVocabulary of(ModelShape shape, long seed) {
    return shape.architecture().equals("llama")
        ? llama(shape.nVocab(), seed)
        : qwen(shape.nVocab(), seed);
  }

  private static SyntheticVocabulary qwen(int nVocab, long seed) {
    Text text = new Text(QWEN_TEXT_TOKENS, seed);
    text.control("<|endoftext|>", "<|im_start|>", "<|im_end|>");
    text.fill(nVocab, "[PAD%d]", UNUSED);
    int endOfText = QWEN_TEXT_TOKENS;
    return new SyntheticVocabulary(
        "qwen2", text.tokens, text.types, text.merges, endOfText, endOfText + 2, false, CHAT_ML);
  }

  private static SyntheticVocabulary llama(int nVocab, long seed) {
    Text text = new Text(LLAMA_TEXT_TOKENS, seed);
    text.control("<|begin_of_text|>", "<|end_of_text|>");
    text.fill(LLAMA_TEXT_TOKENS + 6, "<|reserved_special_token_%d|>", CONTROL);
    text.control("<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>");
    text.fill(nVocab, "<|reserved_special_token_%d|>", CONTROL);
    return new SyntheticVocabulary(
        "llama-bpe",
        text.tokens,
        text.types,
        text.merges,
        LLAMA_TEXT_TOKENS,
        LLAMA_TEXT_TOKENS + 9,
        true,
        LLAMA_CHAT);
  }

  /** The tokens as they grow. */
  private static final class Text {
    final List<String> tokens = new ArrayList<>();
    final List<Integer> types = new ArrayList<>();
    final List<String> merges = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private final List<String> letters = new ArrayList<>();

    /** Pieces of letters, perhaps after one space, that may still grow. */
    private final List<String> lefts = new ArrayList<>();

    /** Pieces of letters alone. */
    private final List<String> rights = new ArrayList<>();

    Text(int nTokens, long seed) {
      addBytes();
      for (char c = 'a'; c <= 'z'; c++) {
        letters.add(String.valueOf(c));
      }
      known.addAll(tokens);
      rights.addAll(letters);
      // All pairs of letters first, as in learnt vocabularies, so that any text gets shorter.
      for (String right : letters) {
        join(SPACE, right);
        letters.forEach(left -> join(left, right));
      }
      Random random = new Random(seed);
      List<String> shortPieces = List.copyOf(rights);
      while (tokens.size() < nTokens) {
        join(
            lefts.get(random.nextInt(lefts.size())),
            shortPieces.get(random.nextInt(shortPieces.size())));
      }
    }

    private void join(String left, String right) {
      String joined = left + right;
      if (!known.add(joined)) {
        return;
      }
      add(joined, NORMAL);
      merges.add(left + " " + right);
      if (joined.length() <= MAX_LEFT) {
        lefts.add(joined);
      }
      if (!joined.startsWith(SPACE)) {
        rights.add(joined);
      }
    }

    /** The bytes as GPT-2 spells them: printable ones as themselves, the rest from U+0100 on. */
    private void addBytes() {
      int moved = 0;
      List<String> rest = new ArrayList<>();
      for (int b = 0; b < 256; b++) {
        boolean printable = (b > ' ' && b <= '~') || (b >= 0xa1 && b != 0xad);
        if (printable) {
          add(String.valueOf((char) b), NORMAL);
        } else {
          rest.add(String.valueOf((char) (256 + moved++)));
        }
      }
      rest.forEach(token -> add(token, NORMAL));
    }

    void control(String... names) {
      for (String name : names) {
        add(name, CONTROL);
      }
    }

    void fill(int size, String format, int type) {
      while (tokens.size() < size) {
        add(String.format(format, tokens.size()), type);
      }
    }

    private void add(String token, int type) {
      tokens.add(token);
      types.add(type);
    }
  }
}
