package dev.lamina.engine.sampling;

/** Takes the highest logit, of equal ones the lowest id. */
record BestChoice() implements TokenChoice {
  @Override
  public int choose(Candidates candidates) {
    candidates.keepBest();
    return candidates.id(0);
  }
}
