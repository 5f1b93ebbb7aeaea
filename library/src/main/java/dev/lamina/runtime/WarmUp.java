package dev.lamina.runtime;

import dev.lamina.engine.schedule.LoadedModel;
import dev.lamina.engine.schedule.Session;
import java.util.Arrays;

/** Runs a model until the JVM has compiled the code that it uses. */
public final class WarmUp {
  private static final long MOST_NANOS = 3_000_000_000L;
  private static final int PROMPT = 32;
  private static final int DECODED = 16;

  private WarmUp() {}

  /**
   * Runs prefill and decode for some seconds, or twice if that takes longer. Nothing is left of it.
   * If running texts leave no room, it does nothing, because they do the same.
   */
  public static void run(LoadedModel loaded) {
    int length = Math.min(PROMPT + DECODED, loaded.config().contextLength());
    if (!loaded.hasRoom(new int[length], length, 0)) {
      return;
    }
    try (Session session = new Session(loaded)) {
      run(session);
    }
  }

  private static void run(Session session) {
    int length = Math.min(PROMPT + DECODED, session.contextLength());
    int[] tokens = new int[length];
    Arrays.fill(tokens, Math.max(0, session.model().tokenizer().vocabulary().bos()));
    long start = System.nanoTime();
    for (int round = 0; round < 2 || System.nanoTime() - start < MOST_NANOS; round++) {
      session.truncate(0);
      int prompt = Math.min(PROMPT, length);
      session.eval(tokens, 0, prompt);
      for (int i = prompt; i < length; i++) {
        session.eval(tokens, i, 1);
      }
    }
  }
}
