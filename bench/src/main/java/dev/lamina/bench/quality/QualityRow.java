package dev.lamina.bench.quality;

import dev.lamina.quantize.quality.Divergence;
import dev.lamina.quantize.quality.Estimate;
import dev.lamina.quantize.quality.Quantiles;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The measurements of one quantized file.
 *
 * @param file its name
 * @param type name of its file type, or {@link #CHOSEN} with the bits
 * @param bytes of the file
 * @param bitsPerWeight of its tensors
 * @param meanDivergence Kullback-Leibler divergence from the model it was made of, natural
 * @param sameTop share of positions where the likeliest token is the same
 * @param meanDivergenceInt8 with activations rounded to 8 bits, as they are multiplied usually; NaN
 *     if not measured
 * @param speeds tokens per second by place and test, {@code cpu pp512}
 */
public record QualityRow(
    String file,
    String type,
    long bytes,
    double bitsPerWeight,
    double perplexity,
    double perplexityError,
    double meanDivergence,
    double divergenceError,
    double medianDivergence,
    double p99Divergence,
    double maxDivergence,
    double sameTop,
    double meanDivergenceInt8,
    Map<String, Double> speeds) {
  /** Start of the type name of files with types chosen tensor by tensor. */
  public static final String CHOSEN = "chosen";

  public QualityRow {
    speeds = Collections.unmodifiableMap(new LinkedHashMap<>(speeds));
  }

  /** With float activations, and no speeds yet. */
  public static QualityRow of(
      String file, String type, long bytes, double bitsPerWeight, Divergence divergence) {
    Estimate perplexity = divergence.perplexity();
    Estimate mean = divergence.mean();
    Quantiles quantiles = divergence.divergences();
    return new QualityRow(
        file,
        type,
        bytes,
        bitsPerWeight,
        perplexity.value(),
        perplexity.error(),
        mean.value(),
        mean.error(),
        quantiles.at(0.5),
        quantiles.at(0.99),
        quantiles.at(1),
        divergence.sameTop().value(),
        Double.NaN,
        Map.of());
  }

  /** The same with what integer activations give. */
  public QualityRow withInt8(double divergence) {
    return with(divergence, speeds);
  }

  /** The same with speeds. */
  public QualityRow with(Map<String, Double> measured) {
    return with(meanDivergenceInt8, measured);
  }

  private QualityRow with(double int8, Map<String, Double> measured) {
    return new QualityRow(
        file,
        type,
        bytes,
        bitsPerWeight,
        perplexity,
        perplexityError,
        meanDivergence,
        divergenceError,
        medianDivergence,
        p99Divergence,
        maxDivergence,
        sameTop,
        int8,
        measured);
  }

  public boolean isChosen() {
    return type.startsWith(CHOSEN);
  }

  /** Whether no other file is as small and diverges less, or as close and is smaller. */
  public boolean isBestOf(List<QualityRow> rows) {
    return rows.stream()
        .noneMatch(other ->
            other.bytes <= bytes
                && other.meanDivergence <= meanDivergence
                && (other.bytes < bytes || other.meanDivergence < meanDivergence));
  }
}
