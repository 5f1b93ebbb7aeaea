package dev.lamina.text.tokenizer;

/** The tokens of a model and the roles that some of them play. */
public interface Vocabulary {
  int size();

  /** The token as it stands in the file (byte-level or SentencePiece spelling). */
  String piece(int id);

  /** Id of BOS, or -1. */
  int bos();

  /** Id of EOS, or -1. */
  int eos();

  boolean addBos();

  boolean addEos();

  /** True for EOS, EOT, EOM and any other token that ends a generation. */
  boolean isEndOfGeneration(int id);

  /** Tokens that the model file says must never be chosen. */
  default int[] suppressed() {
    return new int[0];
  }

  /** True for control tokens (never shown to the user). */
  boolean isControl(int id);
}
