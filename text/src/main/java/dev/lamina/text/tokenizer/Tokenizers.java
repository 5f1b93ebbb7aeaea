package dev.lamina.text.tokenizer;

import dev.lamina.gguf.Beside;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.Printable;
import dev.lamina.gguf.UnsupportedModelException;

/** Makes the tokenizer of a GGUF file. */
public final class Tokenizers {
  private static final String MODEL = "tokenizer.ggml.model";
  private static final String PRE = "tokenizer.ggml.pre";
  private static final String SCORES = "tokenizer.ggml.scores";
  private static final String MERGES = "tokenizer.ggml.merges";

  private Tokenizers() {}

  /**
   * By the keys {@code tokenizer.ggml.*}.
   *
   * @throws GgufFormatException if a key is missing or wrong
   * @throws UnsupportedModelException if the kind of tokenizer or the pre-tokenizer is unknown
   */
  public static Tokenizer from(Metadata metadata) {
    String model = metadata.string(MODEL);
    return switch (model) {
      case "gpt2" -> bytePair(metadata);
      case "llama" -> sentencePiece(metadata);
      default ->
          throw new UnsupportedModelException(
              metadata.source()
                  + ": tokenizer.ggml.model is "
                  + Printable.quote(model)
                  + ", supported are gpt2 (byte-level BPE) and llama (SentencePiece)");
    };
  }

  private static Tokenizer bytePair(Metadata metadata) {
    PreTokenizer preTokenizer;
    String name = metadata.string(PRE, "");
    if (!name.isEmpty()) {
      preTokenizer = PreTokenizer.named(name, metadata.source());
    } else {
      preTokenizer = PreTokenizer.missing();
      metadata.warn(
          PRE, "is missing, default is used and answers may be worse; convert the model again");
    }
    // A vocabulary has as many merges as tokens.
    Beside<MergeIndex> merges =
        Beside.start("lamina-merges", () -> new MergeIndex(metadata.texts(MERGES)));
    VocabularyReader reader = new VocabularyReader(metadata);
    ByteAlphabet alphabet = new ByteAlphabet();
    MergeIndex index = merges.get();
    if (index.malformed()) {
      metadata.warn(MERGES, "has merges of fewer than two tokens, which never apply");
    }
    warnDuplicates(metadata, reader.tokens());
    TextEncoder encoder =
        new BpeEncoder(
            reader.tokens(),
            preTokenizer,
            new MergeTable(reader.tokens(), alphabet, index),
            alphabet);
    return new GgufTokenizer(reader.read(-1, -1, preTokenizer.addBos()), encoder);
  }

  private static Tokenizer sentencePiece(Metadata metadata) {
    VocabularyReader reader = new VocabularyReader(metadata);
    TokenTable tokens = reader.tokens();
    float[] scores = scores(metadata, tokens.size());
    reader.checkLength(SCORES, scores.length);
    for (int id = 0; id < scores.length; id++) {
      if (Float.isNaN(scores[id])) {
        throw VocabularyReader.error(metadata, SCORES, "is NaN at " + id + ", expected a number");
      }
    }
    warnDuplicates(metadata, tokens);
    boolean addSpace = reader.flag("tokenizer.ggml.add_space_prefix", true);
    int unknown = reader.id("unknown", 0);
    TextEncoder encoder = new SpmEncoder(tokens, scores, unknown, addSpace);
    return new GgufTokenizer(reader.read(1, 2, true), encoder);
  }

  private static float[] scores(Metadata metadata, int nTokens) {
    if (metadata.contains(SCORES)) {
      return metadata.floats(SCORES);
    }
    metadata.warn(SCORES, "is missing, all scores are taken as 0");
    return new float[nTokens];
  }

  private static void warnDuplicates(Metadata metadata, TokenTable tokens) {
    if (tokens.duplicates() > 0) {
      metadata.warn(
          VocabularyReader.TOKENS,
          "has "
              + tokens.duplicates()
              + " tokens with the text of another; the last of each counts");
    }
  }
}
