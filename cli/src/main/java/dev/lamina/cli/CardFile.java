package dev.lamina.cli;

import dev.lamina.bench.BenchModel;
import dev.lamina.bench.quality.QualityRow;
import dev.lamina.gguf.GgufFile;
import dev.lamina.quantize.QuantizeType;
import java.util.Comparator;
import java.util.Locale;

/**
 * A model file in the folder, as the card lists it.
 *
 * @param name of the file; of a split one, the first part
 * @param type file type: from the name if it ends with one, otherwise from the file
 * @param bytes of all parts
 * @param parts 1 unless split
 * @param quality measurements of the file; null if there are none
 */
record CardFile(
    String name,
    String type,
    long bytes,
    double bitsPerWeight,
    int parts,
    boolean withImportance,
    QualityRow quality) {
  /** The largest divergence of a file that the card recommends. */
  private static final double RECOMMENDED = 0.03;

  static final Comparator<CardFile> LARGEST_FIRST =
      Comparator.comparingLong(CardFile::bytes).reversed().thenComparing(CardFile::name);

  static CardFile of(String name, GgufFile file, QualityRow quality) {
    ModelSummary summary = ModelSummary.of(file);
    return new CardFile(
        name,
        type(name, file),
        file.bytes(),
        ModelSummary.bitsPerWeight(summary.bytes(), summary.parameters()),
        file.parts().size(),
        file.metadata().contains("quantize.imatrix.file"),
        quality);
  }

  /** The file type. The name tells types with the same number apart, such as Q4_K_M and Q4_K_L. */
  private static String type(String name, GgufFile file) {
    String stem = stem(name);
    String last = stem.substring(Math.max(stem.lastIndexOf('-'), stem.lastIndexOf('.')) + 1);
    int chosen = stem.indexOf("-" + QualityRow.CHOSEN);
    if (chosen >= 0) {
      return stem.substring(chosen + 1);
    }
    String upper = last.toUpperCase(Locale.ROOT);
    return QuantizeType.names().contains(upper) ? upper : BenchModel.of(file).fileType();
  }

  private static String stem(String name) {
    return name.replaceFirst("(?i)(-\\d{5}-of-\\d{5})?\\.gguf$", "");
  }

  /** Name without the numbers of parts, as a pattern for downloads. */
  String pattern() {
    return parts > 1 ? stem(name) + "-*" : name;
  }

  /** The size in powers of 1000, as download pages show it. */
  String size() {
    return bytes < 1_000_000_000
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.2f GB", bytes / 1e9);
  }

  /**
   * A description from the measurements; empty if there are none.
   *
   * @param best whether no smaller file is as good
   */
  String description(boolean best) {
    if (quality == null) {
      return "";
    }
    double divergence = quality.meanDivergence();
    String worth =
        divergence < 0.0005
            ? "as good as the original for any use"
            : divergence < 0.003
                ? "next to the original"
                : divergence < 0.01
                    ? "good; differences are rarely seen"
                    : divergence < 0.03
                        ? "fair; less sure of rare words and long chains of thought"
                        : divergence < 0.1
                            ? "clearly worse, for where nothing larger fits"
                            : "for experiments: often another answer than the original's";
    String recommended = best && divergence < RECOMMENDED ? "**recommended**: " : "";
    return String.format(
        Locale.ROOT,
        "%s%s (KLD %.5f, same top token %.1f %%)",
        recommended,
        worth,
        divergence,
        100 * quality.sameTop());
  }
}
