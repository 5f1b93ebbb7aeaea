package dev.lamina.cli;

import dev.lamina.runtime.LoadListener;
import java.util.List;

/** Reports on standard error what happens while a model is opened. */
final class ConsoleListener implements LoadListener {
  /** Largest number of warnings about a file; inspect shows all. */
  private static final int MAX_WARNINGS = 5;

  private final Console console;
  private Progress progress;

  ConsoleListener(Console console) {
    this.console = console;
  }

  @Override
  public void warn(String line) {
    console.err().println("warning: " + SafeText.oneLine(line));
  }

  @Override
  public void warnOfFile(String source, List<String> lines) {
    lines.stream().limit(MAX_WARNINGS).forEach(this::warn);
    if (lines.size() > MAX_WARNINGS) {
      warn(
          "%s: and %d more, which lamina inspect shows"
              .formatted(source, lines.size() - MAX_WARNINGS));
    }
  }

  @Override
  public void note(String line) {
    console.err().println(SafeText.oneLine(line));
  }

  @Override
  public void progress(String what, long done, long total) {
    if (progress == null) {
      progress = new Progress(console, what, total);
    }
    progress.reach(done);
    if (done == total) {
      progress.finish();
      progress = null;
    }
  }
}
