package dev.lamina.engine.sampling;

/** The end of a sampler chain: chooses one of the candidates that are left. */
interface TokenChoice {
  /** The chosen token id. */
  int choose(Candidates candidates);

  /** Tells the choice that a token is now part of the sequence. */
  default void accept(int token) {}
}
