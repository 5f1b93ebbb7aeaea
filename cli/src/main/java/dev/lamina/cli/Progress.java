package dev.lamina.cli;

import dev.lamina.gguf.Printable;

/** A line on standard error that counts up to 100 %, if that is a terminal. */
final class Progress {
  private final Console console;
  private final String title;
  private final long total;
  private final boolean shown;
  private long done;
  private int percent = -1;

  Progress(Console console, String title, long total) {
    this.console = console;
    this.title = Printable.escape(title);
    this.total = total;
    this.shown = Terminals.isTerminal(Terminals.STDERR);
  }

  void add(long amount) {
    reach(done + amount);
  }

  /** Sets the finished amount. */
  void reach(long amount) {
    done = amount;
    int now = (int) (100.0 * done / total);
    if (shown && now != percent) {
      percent = now;
      console.err().printf("\r\u001b[K%s %d %%", title, percent);
      console.err().flush();
    }
  }

  /** Removes the line. */
  void finish() {
    if (shown) {
      console.err().print("\r\u001b[K");
      console.err().flush();
    }
  }
}
