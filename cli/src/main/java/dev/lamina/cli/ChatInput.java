package dev.lamina.cli;

import java.util.regex.Pattern;

/** The source of the user's lines in a chat. */
interface ChatInput extends AutoCloseable {
  /** The next message, lines joined by {@code \n}; null at the end. */
  String next();

  /** Runs the generation of an answer so that Ctrl-C ends only the answer. */
  void whileAnswering(Runnable onInterrupt, Runnable answer);

  @Override
  void close();

  /**
   * Whether a message continues on the next line.
   *
   * @param text the message so far
   * @param multiline whether a backslash at the end of a line ends a message, as {@code
   *     --multiline-input} wants it, and not one line of it only; commands end with their line
   */
  static boolean isContinued(String text, boolean multiline) {
    return multiline ? !text.endsWith("\\") && !ChatCommands.isCommand(text) : text.endsWith("\\");
  }

  /** A message without the backslashes that {@link #isContinued} reads. */
  static String join(String lines, boolean multiline) {
    if (multiline) {
      return lines.endsWith("\\") ? lines.substring(0, lines.length() - 1) : lines;
    }
    String joined = CONTINUED.matcher(lines).replaceAll("\n");
    return joined.endsWith("\\") ? joined.substring(0, joined.length() - 1) + "\n" : joined;
  }

  /** The end of a line that continues on the next one. */
  Pattern CONTINUED = Pattern.compile("\\\\\n");
}
