package dev.lamina.cli;

import dev.lamina.engine.schedule.GenerationResult.Finish;

/** Explains the end of a text that the model itself did not end. */
final class EndNote {
  private EndNote() {}

  /** A line for the user; null if the model or the user ended the text. */
  static String of(Finish finish, int predict, int contextLength) {
    return switch (finish) {
      case LENGTH -> predict == 0 ? null : "ended by the limit of tokens (-n " + predict + ")";
      case CONTEXT_FULL ->
          "ended because the context of "
              + contextLength
              + " tokens is full; -c gives more, --context-shift goes on all the same";
      case STOP_TEXT -> "ended by a reverse prompt (-r)";
      case STOP, CANCELLED -> null;
    };
  }
}
