package dev.lamina.engine.sampling;

/** Draws a token by its probability; always takes one random number. */
record DrawChoice(Mt19937 random) implements TokenChoice {
  @Override
  public int choose(Candidates candidates) {
    candidates.softmax();
    return candidates.id(candidates.draw(random.nextDouble()));
  }

  /**
   * Draws a place after {@link Candidates#softmax} as {@code std::discrete_distribution} does: a
   * single candidate takes no random number.
   */
  static int discrete(Candidates candidates, Mt19937 random) {
    return candidates.size() == 1 ? 0 : candidates.draw(random.nextDouble());
  }
}
