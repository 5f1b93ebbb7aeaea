package dev.lamina.cli;

import dev.lamina.engine.generate.GenerationResult.Finish;

/** Says why a text ends where the model has not ended it. */
final class EndNote {
  private EndNote() {}

  /** A line for the user; null if the model has ended the text or the user has. */
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
