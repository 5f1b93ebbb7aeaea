package dev.lamina.chat;

import dev.lamina.engine.sampling.Sampler;
import dev.lamina.text.chat.ThoughtTags;
import dev.lamina.text.tokenizer.Tokenizer;

/** A sampler that wraps another one and ends a thought when its budget of tokens is used up. */
final class ThoughtBudget implements Sampler {
  private final Sampler sampler;
  private final ReplyStream stream;
  private final ReasoningOptions options;
  private final Tokenizer tokenizer;
  private int[] forced = new int[0];
  private int next;

  ThoughtBudget(
      Sampler sampler, ReplyStream stream, ReasoningOptions options, Tokenizer tokenizer) {
    this.sampler = sampler;
    this.stream = stream;
    this.options = options;
    this.tokenizer = tokenizer;
  }

  @Override
  public int sample(float[] logits) {
    ThoughtTags tags = stream.thought();
    boolean used = stream.thoughtTokens() >= options.budget() && stream.isComplete();
    if (next == forced.length && tags != null && used) {
      String end = options.message() + "\n" + tags.close() + tags.resume();
      forced = tokenizer.encode(end, false, true);
      next = 0;
    }
    return next < forced.length ? forced[next++] : sampler.sample(logits);
  }

  @Override
  public void accept(int token) {
    sampler.accept(token);
  }

  @Override
  public long seed() {
    return sampler.seed();
  }
}
