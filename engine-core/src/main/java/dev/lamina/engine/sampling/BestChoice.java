package dev.lamina.engine.sampling;

/** Chooses the token with the highest logit; among equal logits, the lowest id. */
record BestChoice() implements TokenChoice {
  @Override
  public int choose(Candidates candidates) {
    candidates.keepBest();
    return candidates.id(0);
  }
}
