package dev.lamina.cli;

import dev.lamina.engine.schedule.Session;
import dev.lamina.quantize.quality.NotFiniteException;
import dev.lamina.quantize.quality.Perplexity;
import dev.lamina.quantize.quality.Windows;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** Evaluates a text window by window, while an observer collects activations. */
final class ImatrixRun {
  private final Console console;
  private final Session session;
  private final Windows windows;
  private final Perplexity perplexity;
  private final boolean processOutput;

  /**
   * @param withPerplexity whether to print the perplexity
   * @param processOutput whether the output head runs for all tokens
   */
  ImatrixRun(
      Console console,
      Session session,
      Windows windows,
      boolean withPerplexity,
      boolean processOutput) {
    this.console = console;
    this.session = session;
    this.windows = windows;
    this.perplexity = withPerplexity ? new Perplexity() : null;
    this.processOutput = processOutput;
  }

  /**
   * Evaluates the windows.
   *
   * @param from first window
   * @param afterWindow gets the number of finished windows
   */
  void evaluate(int from, IntConsumer afterWindow) {
    PerplexityReport report = new PerplexityReport(console, windows);
    Progress progress = new Progress(console, "Reading", windows.count() - from);
    for (int w = from; w < windows.count(); w++) {
      evaluate(w);
      if (perplexity != null) {
        NotFiniteException.check("perplexity", perplexity.estimate().value(), w);
        report.window(w, perplexity.estimate());
      } else {
        progress.add(1);
      }
      afterWindow.accept(w - from + 1);
    }
    if (perplexity != null) {
      report.end(perplexity.estimate());
    } else {
      progress.finish();
    }
  }

  private void evaluate(int window) {
    int[] tokens = windows.tokens(window, session.model().tokenizer().vocabulary());
    session.truncate(0);
    if (perplexity == null && !processOutput) {
      float[] logits = session.eval(tokens);
      NotFiniteException.checkLogits(logits, session.model().config().nVocab(), window);
      return;
    }
    int from = processOutput ? 0 : windows.first();
    if (from > 0) {
      session.eval(tokens, 0, from);
    }
    int nVocab = session.model().config().nVocab();
    session.evalAll(
        Arrays.copyOfRange(tokens, from, tokens.length),
        (index, logits, offset) -> {
          int position = from + index;
          if (perplexity != null && position >= windows.first() && position < windows.size() - 1) {
            perplexity.add(logits, offset, nVocab, windows.next(window, position));
          }
        });
  }
}
