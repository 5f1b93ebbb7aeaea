package dev.lamina.cli;

/** Where the user's lines in a chat come from. */
interface ChatInput extends AutoCloseable {
  /** The next message, several lines joined where one ends in a backslash; null at the end. */
  String next();

  /** Runs while an answer is written, so that Ctrl-C ends the answer. */
  void whileAnswering(Runnable onInterrupt, Runnable answer);

  @Override
  void close();

  /** A line that ends in a backslash goes on in the next one. */
  static boolean isContinued(String line) {
    return line.endsWith("\\");
  }
}
