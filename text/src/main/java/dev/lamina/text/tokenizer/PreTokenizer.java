package dev.lamina.text.tokenizer;

import static dev.lamina.text.tokenizer.SplitRule.each;
import static dev.lamina.text.tokenizer.UnicodeClass.NUMBER;

import dev.lamina.gguf.Printable;
import dev.lamina.gguf.UnsupportedModelException;
import java.util.List;

/**
 * How text is cut into words before byte-pair merging, by the name in {@code tokenizer.ggml.pre}.
 * Names and rules are those of llama.cpp.
 *
 * @param rules applied one after the other, each to the words that the ones before have left
 * @param wholeWords a word that is itself a token becomes that token, without merges
 * @param addBos what holds if the file has no {@code tokenizer.ggml.add_bos_token}
 */
record PreTokenizer(List<SplitRule> rules, boolean wholeWords, boolean addBos) {
  private static final int ANY = Integer.MAX_VALUE;

  /** What the tokenizers of BLOOM and its kin take for the end of a sentence or clause. */
  private static final String CLAUSE_ENDS = "(|.,!?…。，、।۔،)";

  /** What llama.cpp takes for files older than the key. */
  static PreTokenizer missing() {
    return named("default", "");
  }

  /**
   * @param source the file's name, for the message
   * @throws UnsupportedModelException if the name is unknown
   */
  static PreTokenizer named(String name, String source) {
    return switch (original(name)) {
      case "default" ->
          plain(
              each(SplitRules.punctuationOr("$+<=>^~|")),
              each(SplitRules::gpt2),
              each(SplitRules.run(NUMBER, ANY)),
              each(SplitRules::threeDigits));
      case "llama-bpe" -> new PreTokenizer(List.of(each(WordRule.withDigits(3))), true, true);
      case "glm4" -> new PreTokenizer(List.of(each(WordRule.withDigits(3))), true, false);
      case "dbrx" -> plain(each(WordRule.withDigits(3)));
      case "qwen2" -> plain(each(WordRule.withDigits(1)));
      case "qwen35" -> plain(each(new WordRule(1, true, "\r\n")));
      case "seed-coder" -> plain(each(new WordRule(1, false, "")));
      case "minicpm5" ->
          new PreTokenizer(
              List.of(each(SplitRules.run(NUMBER, 3)), each(WordRule.withDigits(ANY))),
              true,
              false);
      case "tekken" -> new PreTokenizer(List.of(each(new CasedWordRule(1, false))), true, true);
      case "gpt-4o" -> plain(each(new CasedWordRule(3, true)));
      case "deepseek-llm" -> plain(DeepSeekRules.llm());
      case "deepseek-coder" -> plain(DeepSeekRules.coder());
      case "deepseek-v3" -> plain(DeepSeekRules.v3());
      case "falcon" ->
          plain(
              each(SplitRules.punctuationOr("$+<=>^~|`")),
              each(SplitRules::gpt2),
              each(SplitRules::threeDigits));
      case "starcoder" -> plain(each(SplitRules.run(NUMBER, 1)), each(SplitRules::gpt2));
      case "gpt-2" -> plain(each(SplitRules::gpt2));
      case "bloom" -> plain(each(SplitRules.blankAndNone(CLAUSE_ENDS)));
      case "viking" ->
          plain(each(SplitRules.blankAndNone(CLAUSE_ENDS)), each(SplitRules.run(NUMBER, 1)));
      default -> throw unknown(name, source);
    };
  }

  /** The name under which {@link #named} knows the same rules. */
  private static String original(String name) {
    return switch (name) {
      case "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2" ->
          "llama-bpe";
      case "smaug-bpe", "chatglm-bpe" -> "dbrx";
      case "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez", "stablelm2" -> "qwen2";
      case "hunyuan", "solar-open", "grok-2" -> "qwen2";
      case "llama4", "kanana2", "talkie", "minimax-m2" -> "gpt-4o";
      case "hunyuan-dense", "joyai-llm" -> "deepseek-v3";
      case "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b", "mellum2" ->
          "starcoder";
      case "mpt", "phi-2", "olmo", "jais", "gigachat", "a.x-4.0", "mellum", "exaone4" -> "gpt-2";
      case "trillion", "granite-docling" -> "gpt-2";
      case "poro-chat", "gpt3-finnish" -> "bloom";
      default -> name;
    };
  }

  private static UnsupportedModelException unknown(String name, String source) {
    return new UnsupportedModelException(
        source
            + ": tokenizer.ggml.pre is "
            + Printable.quote(name)
            + ", a pre-tokenizer that is not known; convert the model again, or set the key to the"
            + " known one with the same rules (such as qwen2, llama-bpe or gpt-2)");
  }

  private static PreTokenizer plain(SplitRule... rules) {
    return new PreTokenizer(List.of(rules), false, false);
  }

  /** Cuts the text into words. */
  CodePoints split(String text) {
    CodePoints result = new CodePoints(text);
    for (SplitRule rule : rules) {
      int start = 0;
      while (start < result.length()) {
        int end = result.endOfWord(start);
        rule.split(result, start, end);
        start = end;
      }
    }
    return result;
  }
}
