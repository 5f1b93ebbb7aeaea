package dev.lamina.cli;

import dev.lamina.quantize.quality.Divergence;
import dev.lamina.quantize.quality.Estimate;
import dev.lamina.quantize.quality.Perplexity;
import dev.lamina.quantize.quality.Quantiles;
import dev.lamina.quantize.quality.Windows;
import java.util.Locale;

/** Prints what a perplexity run finds, as llama-perplexity does. */
final class PerplexityReport {
  private final Console console;
  private final Windows windows;

  PerplexityReport(Console console, Windows windows) {
    this.console = console;
    this.windows = windows;
  }

  @SuppressWarnings("AnnotateFormatMethod") // it has few callers, which are tested
  private void line(String format, Object... values) {
    console.line(format.formatted(values));
  }

  void window(int window, Estimate perplexity) {
    console.out().print(String.format(Locale.ROOT, "[%d]%.4f,", window + 1, perplexity.value()));
    console.out().flush();
  }

  /**
   * Prints position, perplexity and, unless windows overlap, its logarithm and the logarithm's
   * error.
   */
  void windowInColumns(int window, Perplexity soFar) {
    Estimate log = soFar.logEstimate();
    int position = window * windows.step();
    if (windows.step() == windows.size()) {
      line("%8d  %.4f  %4f  %4f", position, soFar.estimate().value(), log.value(), log.error());
    } else {
      line("%8d  %.4f", position, soFar.estimate().value());
    }
    console.out().flush();
  }

  void end(Estimate perplexity) {
    console.line("");
    line("Final estimate: PPL = %.4f +/- %.5f", perplexity.value(), perplexity.error());
    line(
        "over %d windows of %d tokens, of which %d each are scored",
        windows.count(), windows.size(), windows.scored());
  }

  void comparisonHeader() {
    console.line(
        "chunk             PPL               ln(PPL(Q)/PPL(base))          KL Divergence              Δp RMS            Same top p");
  }

  void comparison(int window, Divergence d) {
    Estimate rms = d.rmsChange();
    Estimate same = d.sameTop();
    line(
        "%4d     %9.4f ± %9.4f    %9.5f ± %9.5f    %9.5f ± %9.5f    %6.3f ± %6.3f %%    %6.3f ± %6.3f %%",
        window + 1,
        d.perplexity().value(),
        d.perplexity().error(),
        d.logRatio().value(),
        d.logRatio().error(),
        d.mean().value(),
        d.mean().error(),
        100 * rms.value(),
        100 * rms.error(),
        100 * same.value(),
        100 * same.error());
    console.out().flush();
  }

  void end(Divergence d) {
    line("%n====== Perplexity statistics ======");
    estimate("Mean PPL(Q)", d.perplexity());
    estimate("Mean PPL(base)", d.basePerplexity());
    line("%-29s: %7.2f%%", "Cor(ln(PPL(Q)), ln(PPL(base)))", d.correlation());
    estimate("Mean ln(PPL(Q)/PPL(base))", d.logRatio());
    estimate("Mean PPL(Q)/PPL(base)", d.ratio());
    estimate("Mean PPL(Q)-PPL(base)", d.difference());
    line("%n====== KL divergence statistics ======");
    estimate("Mean    KLD", d.mean());
    Quantiles divergences = d.divergences();
    quantile("Maximum KLD", divergences.at(1));
    for (double share : new double[] {0.999, 0.99, 0.95, 0.9}) {
      quantile("%.1f%%   KLD".formatted(100 * share), divergences.at(share));
    }
    quantile("Median  KLD", divergences.at(0.5));
    for (double share : new double[] {0.1, 0.05, 0.01, 0.001}) {
      quantile("%4.1f%%   KLD".formatted(100 * share), divergences.at(share));
    }
    quantile("Minimum KLD", divergences.at(0));
    line("%n====== Token probability statistics ======");
    percent("Mean    Δp", d.meanChange());
    Quantiles changes = d.changes();
    percentile("Maximum Δp", changes.at(1));
    for (double share : new double[] {0.999, 0.99, 0.95, 0.9, 0.75}) {
      percentile("%.1f%%   Δp".formatted(100 * share), changes.at(share));
    }
    percentile("Median  Δp", changes.at(0.5));
    for (double share : new double[] {0.25, 0.1, 0.05, 0.01, 0.001}) {
      percentile("%4.1f%%   Δp".formatted(100 * share), changes.at(share));
    }
    percentile("Minimum Δp", changes.at(0));
    percent("RMS Δp    ", d.rmsChange());
    percent("Same top p", d.sameTop());
  }

  private void estimate(String name, Estimate value) {
    line("%-29s: %10.6f ± %10.6f", name, value.value(), value.error());
  }

  private void quantile(String name, double value) {
    line("%s: %10.6f", name, value);
  }

  private void percent(String name, Estimate value) {
    line("%s: %6.3f ± %5.3f %%", name, 100 * value.value(), 100 * value.error());
  }

  private void percentile(String name, double value) {
    line("%s: %6.3f%%", name, 100 * value);
  }
}
