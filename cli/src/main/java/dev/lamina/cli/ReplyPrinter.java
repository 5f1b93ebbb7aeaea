package dev.lamina.cli;

import dev.lamina.chat.ReplyListener;
import dev.lamina.text.chat.ReplyPart;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Prints a reply as it is generated. On a terminal it shows control characters harmlessly, and dims
 * thoughts.
 */
final class ReplyPrinter implements ReplyListener {
  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";

  private final PrintStream out;
  private final boolean terminal;
  private final boolean color;
  private final AtomicBoolean cancelled;
  private boolean dim;
  private boolean endsLine;
  private boolean any;

  /**
   * @param terminal whether control characters are shown instead of written
   * @param color whether thoughts are dimmed
   * @param cancelled set to end the reply
   */
  ReplyPrinter(PrintStream out, boolean terminal, boolean color, AtomicBoolean cancelled) {
    this.out = out;
    this.terminal = terminal;
    this.color = color;
    this.cancelled = cancelled;
  }

  @Override
  public void onText(String text, ReplyPart part) {
    if (color && dim != (part != ReplyPart.ANSWER)) {
      dim = !dim;
      out.print(dim ? DIM : PLAIN);
    }
    out.print(terminal ? SafeText.forTerminal(text) : text);
    out.flush();
    any = true;
    endsLine = text.endsWith("\n");
  }

  @Override
  public boolean proceed() {
    return !cancelled.get();
  }

  /** Ends the last line of the reply. */
  void finish() {
    if (dim) {
      dim = false;
      out.print(PLAIN);
    }
    if (!endsLine || !any) {
      out.print('\n');
    }
    out.flush();
  }
}
