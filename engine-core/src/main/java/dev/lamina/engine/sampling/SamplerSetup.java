package dev.lamina.engine.sampling;

import dev.lamina.text.tokenizer.Tokenizer;

/**
 * Everything that the steps of a chain are made from.
 *
 * @param nVocab tokens in the vocabulary
 * @param tokenizer null if there is none; then DRY has no sequence breakers
 * @param contextLength most tokens that "the whole context" means
 * @param seed 0 to 2^32 - 1
 */
record SamplerSetup(
    SamplingOptions options, int nVocab, Tokenizer tokenizer, int contextLength, long seed) {

  /** A new random generator. Each step that draws has its own, from the same seed. */
  Mt19937 random() {
    return new Mt19937((int) seed);
  }
}
