package dev.lamina.cli;

import dev.lamina.bench.quality.QualityRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The text of a Hugging Face model card for a folder of quantized files. */
final class ModelCard {
  private static final double GB = 1e9;

  /** Memory sizes of common graphics cards in GB. */
  private static final int[] MEMORIES = {2, 4, 6, 8, 12, 16, 24, 32, 48};

  /** Share of a graphics card's memory for weights; the rest is for the context. */
  private static final double FOR_WEIGHTS = 0.85;

  /**
   * Facts from the user and from the files.
   *
   * @param title name of the model
   * @param baseModel id of the original, {@code user/name}; null if unknown
   * @param repository id of the repository that the files will be in; null if unknown
   * @param license null if unknown
   * @param dataset text that the importance matrix was made from; null if unknown
   */
  record Facts(
      String title,
      String baseModel,
      String repository,
      String quantizedBy,
      String license,
      List<String> languages,
      String dataset,
      String version) {}

  private final Facts facts;
  private final String prompt;
  private final List<CardFile> files;
  private final StringBuilder text = new StringBuilder();

  /**
   * @param prompt as the model's template makes it; null if it has none
   * @param files at least one
   */
  ModelCard(Facts facts, String prompt, List<CardFile> files) {
    this.facts = facts;
    this.prompt = prompt;
    this.files = files.stream().sorted(CardFile.LARGEST_FIRST).toList();
  }

  String text() {
    header();
    introduction();
    prompt();
    files();
    download();
    choice();
    features();
    speeds();
    return text.toString();
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private void heading(String heading) {
    line("");
    line("## " + heading);
    line("");
  }

  private void header() {
    line("---");
    if (facts.baseModel() != null) {
      line("base_model: " + yaml(facts.baseModel()));
      line("base_model_relation: quantized");
    }
    if (facts.license() != null) {
      line("license: " + yaml(facts.license()));
    }
    if (!facts.languages().isEmpty()) {
      line("language:");
      facts.languages().forEach(language -> line("- " + yaml(language)));
    }
    line("library_name: gguf");
    line("pipeline_tag: text-generation");
    if (facts.quantizedBy() != null) {
      line("quantized_by: " + yaml(facts.quantizedBy()));
    }
    line("tags:");
    line("- gguf");
    line("- quantized");
    if (files.stream().anyMatch(CardFile::withImportance)) {
      line("- imatrix");
    }
    line("---");
    line("");
  }

  /** The text as a YAML value, with quotes if YAML would misread it. */
  private static String yaml(String value) {
    return value.matches("[A-Za-z0-9][A-Za-z0-9_./-]*")
        ? value
        : '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private void introduction() {
    line("# " + facts.title() + ", quantized");
    line("");
    String original =
        facts.baseModel() == null
            ? "the original"
            : "[%s](https://huggingface.co/%s)".formatted(facts.baseModel(), facts.baseModel());
    line(
        "GGUF files of %s in %d sizes, made with Lamina %s. They run in Lamina, llama.cpp and the programs built on it."
            .formatted(original, files.size(), facts.version()));
    if (files.stream().anyMatch(CardFile::withImportance)) {
      line("");
      line(
          "Weights were rounded with an importance matrix%s: where the model's activations are large, weights are kept more exactly."
              .formatted(facts.dataset() == null ? "" : " made from `" + facts.dataset() + "`"));
    }
  }

  private void prompt() {
    heading("Prompt format");
    if (prompt == null) {
      line("The file has no chat template: give the model text to continue.");
      return;
    }
    line("```");
    line(prompt.stripTrailing());
    line("```");
  }

  private void files() {
    heading("Files");
    boolean measured = files.stream().anyMatch(file -> file.quality() != null);
    List<QualityRow> rows = rows();
    line("| file | type | size | bits per weight | split |" + (measured ? " quality |" : ""));
    line("|---|---|--:|--:|---|" + (measured ? "---|" : ""));
    for (CardFile file : files) {
      boolean best = file.quality() != null && file.quality().isBestOf(rows);
      String name =
          facts.repository() == null
              ? "`" + file.name() + "`"
              : "[%s](https://huggingface.co/%s/blob/main/%s)"
                  .formatted(file.name(), facts.repository(), file.name());
      line(
          "| %s | %s | %s | %.2f | %s |%s"
              .formatted(
                  name,
                  file.type(),
                  file.size(),
                  file.bitsPerWeight(),
                  file.parts() > 1 ? file.parts() + " parts" : "no",
                  measured ? " " + file.description(best) + " |" : ""));
    }
    if (measured) {
      line("");
      line(
          "Recommended are those than which no smaller file here is as close to the original. KLD is the mean Kullback-Leibler divergence of the file's predictions from the original's, measured on text that the importance matrix has not seen.");
    }
    if (files.stream().anyMatch(file -> file.type().matches("Q\\d_K_X?L"))
        && files.stream().anyMatch(file -> file.type().endsWith("_K_L"))) {
      line("");
      line("Types that end in `_L` or `_XL` keep the token embedding and the output in Q8_0.");
    }
  }

  private List<QualityRow> rows() {
    return files.stream().map(CardFile::quality).filter(row -> row != null).toList();
  }

  private void download() {
    heading("Download");
    String repository = facts.repository() == null ? "USER/REPOSITORY" : facts.repository();
    CardFile example = example();
    line("```sh");
    line("pip install -U huggingface_hub");
    line("hf download %s --include \"%s\" --local-dir .".formatted(repository, example.pattern()));
    line("```");
    line("");
    line(
        "A split file is downloaded with all its parts; open the first one, the others are found beside it. Then, for example:");
    line("");
    line("```sh");
    line("lamina chat -m " + example.name());
    line("```");
  }

  /** The usual choice: the smallest good file, or the one nearest to 4.5 bits. */
  private CardFile example() {
    CardFile found = files.getFirst();
    for (CardFile file : files) {
      boolean good =
          file.quality() == null
              ? Math.abs(file.bitsPerWeight() - 4.8) < Math.abs(found.bitsPerWeight() - 4.8)
              : file.quality().meanDivergence() < 0.01;
      found = good ? file : found;
    }
    return found;
  }

  private void choice() {
    heading("Which to choose");
    line(
        "The fastest is a file that fits the graphics card's memory with the context: about 15 %% less than there is. What does not fit can run on the CPU, layer by layer (`--gpu-layers`), and takes the time of main memory."
            .replace("%%", "%"));
    line("");
    line("| memory | file |");
    line("|--:|---|");
    CardFile last = null;
    for (int memory : MEMORIES) {
      CardFile best = bestWithin(memory * FOR_WEIGHTS * GB);
      if (best != null && !best.equals(last)) {
        line("| %d GB | %s (%s) |".formatted(memory, best.type(), best.size()));
        last = best;
      }
    }
    line("");
    line(
        "K-quants (`Q4_K_M` and so on) are the safe choice everywhere. I-quants (`IQ3_M`, `IQ4_XS`) are closer to the original below about 4 bits; their look-ups cost a CPU more than a GPU. `Q4_0` and `IQ4_NL` are repacked when they are loaded, as all types are in Lamina, so there is no need for files made for one kind of processor.");
  }

  /**
   * The file within a size that is nearest to the original, or the largest one; null if there is
   * none.
   */
  private CardFile bestWithin(double bytes) {
    CardFile best = null;
    for (CardFile file : files) {
      if (file.bytes() > bytes) {
        continue;
      }
      if (best == null
          || file.quality() != null
              && best.quality() != null
              && file.quality().meanDivergence() < best.quality().meanDivergence()) {
        best = file;
      }
    }
    return best;
  }

  private void features() {
    heading("What runs where");
    line("| family | files | importance matrix | CPU | repacked when loaded | CUDA | OpenCL |");
    line("|---|---|---|---|---|---|---|");
    Map<String, List<CardFile>> families =
        files.stream()
            .collect(
                Collectors.groupingBy(
                    file -> family(file.type()), LinkedHashMap::new, Collectors.toList()));
    families.forEach((family, members) -> {
      boolean used = members.stream().anyMatch(CardFile::withImportance);
      line(
          "| %s | %s | %s | yes | %s | yes | yes |"
              .formatted(
                  family,
                  members.stream().map(CardFile::type).distinct().collect(Collectors.joining(", ")),
                  used ? "used" : "-",
                  family.equals("float") ? "no" : "yes"));
    });
  }

  private static String family(String type) {
    return type.startsWith(QualityRow.CHOSEN)
        ? "mixed, chosen by tensor"
        : type.startsWith("IQ")
            ? "I-quant"
            : type.startsWith("TQ")
                ? "ternary"
                : type.contains("_K") ? "K-quant" : type.contains("Q") ? "legacy" : "float";
  }

  private void speeds() {
    Set<String> tests = new LinkedHashSet<>();
    rows().forEach(row -> tests.addAll(row.speeds().keySet()));
    if (tests.isEmpty()) {
      return;
    }
    heading("Speed");
    CardFile baseline =
        files.stream()
            .filter(file -> file.quality() != null && file.type().equals("Q4_0"))
            .findFirst()
            .orElse(files.stream().filter(f -> f.quality() != null).findFirst().orElseThrow());
    line("Tokens per second, and percent of " + baseline.type() + ".");
    line("");
    List<String> header = new ArrayList<>(List.of("type", "size"));
    tests.forEach(test -> header.addAll(List.of(test, "%")));
    line("| " + String.join(" | ", header) + " |");
    line("|---|--:|" + "--:|--:|".repeat(tests.size()));
    for (CardFile file : files) {
      if (file.quality() != null) {
        StringBuilder row = new StringBuilder("| %s | %s |".formatted(file.type(), file.size()));
        for (String test : tests) {
          Double speed = file.quality().speeds().get(test);
          Double base = baseline.quality().speeds().get(test);
          row.append(speed == null ? " |" : String.format(Locale.ROOT, " %.1f |", speed));
          row.append(
              speed == null || base == null
                  ? " |"
                  : String.format(Locale.ROOT, " %.0f |", 100 * speed / base));
        }
        line(row.toString());
      }
    }
  }
}
