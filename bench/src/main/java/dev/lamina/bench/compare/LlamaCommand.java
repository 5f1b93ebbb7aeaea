package dev.lamina.bench.compare;

import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.ReportedParameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** How a program of llama.cpp is called: its name, or a command line that ends with it. */
final class LlamaCommand {
  /** What says where threads run and how long they wait. */
  private static final List<ReportedParameter> PLACES =
      List.of(ReportedParameter.CPU_MASK, ReportedParameter.CPU_STRICT, ReportedParameter.POLL);

  /** Placeholder of the model's folder in the command. */
  private static final String FOLDER = "{folder}";

  /** Placeholder of the model's file name in the command. */
  private static final String NAME = "{name}";

  private final List<String> words;

  private LlamaCommand(List<String> words) {
    this.words = List.copyOf(words);
  }

  /**
   * @param command the program, or a command line that ends with it, split at spaces. In it {@code
   *     {folder}} and {@code {name}} stand for the model's folder and file name; if {@code {name}}
   *     occurs, the command says itself which model to load, and {@code -m} is not added
   */
  static LlamaCommand of(String command) {
    // The path of a program may have spaces.
    boolean isFile = Files.isRegularFile(Path.of(command));
    return new LlamaCommand(isFile ? List.of(command) : List.of(command.strip().split("\\s+")));
  }

  /**
   * The same for another program in the same folder.
   *
   * @param program that the command has, without an ending
   * @param other to have in its place
   * @throws IllegalArgumentException if the command has neither
   */
  LlamaCommand beside(String program, String other) {
    Pattern name = Pattern.compile("(?<=^|[/\\\\])" + Pattern.quote(program) + "(?=(\\.exe)?$)");
    List<String> changed =
        words.stream().map(word -> name.matcher(word).replaceFirst(other)).toList();
    if (changed.stream().noneMatch(word -> word.contains(other))) {
      throw new IllegalArgumentException(
          "'%s' does not name %s, beside which %s is expected"
              .formatted(String.join(" ", words), program, other));
    }
    return new LlamaCommand(changed);
  }

  /** The words for a model, without options. */
  List<String> program(Path model) {
    Path path = model.toAbsolutePath();
    List<String> line = new ArrayList<>();
    for (String word : words) {
      line.add(
          word.replace(FOLDER, path.getParent().toString())
              .replace(NAME, path.getFileName().toString()));
    }
    return line;
  }

  /** The words for a model, with the option that names it. */
  List<String> withModel(Path model) {
    List<String> line = program(model);
    if (words.stream().noneMatch(word -> word.contains(NAME))) {
      line.addAll(List.of("-m", model.toAbsolutePath().toString()));
    }
    return line;
  }

  /** Adds the options that are the same for all programs. */
  static void addSettings(List<String> line, BenchSettings settings) {
    line.addAll(List.of("-t", String.valueOf(settings.threads())));
    line.addAll(List.of("-b", String.valueOf(settings.nBatch())));
    line.addAll(List.of("-ub", String.valueOf(settings.nUbatch())));
    line.addAll(List.of("-ctk", settings.keyType().name().toLowerCase(Locale.ROOT)));
    line.addAll(List.of("-ctv", settings.valueType().name().toLowerCase(Locale.ROOT)));
    for (ReportedParameter placed : PLACES) {
      String value = settings.reported(placed);
      if (!value.equals(placed.usual())) {
        line.addAll(List.of(placed.option(), value));
      }
    }
  }

  /** Adds as many layers on GPUs as Lamina has there. */
  static void addDevices(List<String> line, BenchPlace place) {
    line.addAll(List.of("-ngl", String.valueOf(place.gpuLayers())));
    if (!place.hasGpu()) {
      // Even without layers there, llama.cpp would prefill on a GPU.
      line.addAll(List.of("-dev", "none"));
    }
  }
}
