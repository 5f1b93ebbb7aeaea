package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.FileKind;
import dev.lamina.gguf.GgufFile;
import dev.lamina.quantize.ImportanceMatrix;
import dev.lamina.quantize.ModelQuantizer;
import dev.lamina.quantize.QuantizeException;
import dev.lamina.quantize.QuantizeOptions;
import dev.lamina.quantize.QuantizePlan;
import dev.lamina.quantize.QuantizeType;
import dev.lamina.runtime.ModelFiles;
import dev.lamina.runtime.PhysicalCores;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** Makes a smaller model, as llama-quantize does. */
final class QuantizeCommand implements Command {
  private final Console console;
  private CommandSpec spec;
  private LoadOptions load = new LoadOptions();
  private List<String> parameters = List.of();
  private Path imatrix;
  private List<String> included = List.of();
  private List<String> excluded = List.of();
  private boolean dryRun;
  private final QuantizeFlags flags = new QuantizeFlags();

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe("Writes a model in fewer bits per weight.");
    options.addAll(load);
    options.addList(
        PositionalParamSpec.builder()
            .arity("0..*")
            .paramLabel("IN [OUT] TYPE [THREADS]")
            .hideParamSyntax(true)
            .description(
                "the model, of a split one the first part; the file to write (default:"
                    + " ggml-model-TYPE.gguf beside IN); what to make of it: F32, F16, BF16, Q8_0, Q6_K,"
                    + " Q5_K_M, Q5_K_S, Q5_1, Q5_0, Q4_K_M, Q4_K_S, Q4_1, Q4_0, IQ4_NL, IQ4_XS, Q3_K_L,"
                    + " Q3_K_M, Q3_K_S, IQ3_M, IQ3_S, IQ3_XS, IQ3_XXS, Q2_K, Q2_K_S, IQ2_M, IQ2_S,"
                    + " IQ2_XS, IQ2_XXS, IQ1_M, IQ1_S, TQ2_0, TQ1_0, Q2_0, Q1_0, MXFP4_MOE,"
                    + " COPY, or with embedding and output in Q8_0: Q6_K_L, Q5_K_L, Q4_K_L, Q3_K_XL,"
                    + " Q2_K_L; threads; 0: one for each processor (default: one for each physical core)"),
        String.class,
        value -> parameters = value);
    options.add(
        OptionSpec.builder("--imatrix")
            .paramLabel("FILE")
            .description(
                "importance matrix, in GGUF or the older layout; IQ1, IQ2, IQ3_XXS and Q2_K_S need one"),
        Path.class,
        value -> imatrix = value);
    options.addList(
        OptionSpec.builder("--include-weights")
            .paramLabel("NAME")
            .description(
                "use the importance matrix only for tensors whose names contain this; may be given several times"),
        String.class,
        value -> included = value);
    options.addList(
        OptionSpec.builder("--exclude-weights")
            .paramLabel("NAME")
            .description(
                "do not use the importance matrix for tensors whose names contain this; may be given several times"),
        String.class,
        value -> excluded = value);
    options.add(
        OptionSpec.builder("--dry-run").description("show the types and sizes, and write nothing"),
        boolean.class,
        value -> dryRun = value);
    options.group("%nTypes and files%n", flags);
  }

  private Path output;
  private QuantizeType type;
  private int threads;
  private QuantizeOptions options;

  QuantizeCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    try {
      readParameters();
      checkImportance();
      options = flags.options(type);
    } catch (IllegalArgumentException | TypeConversionException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    if (!dryRun && !options.keepSplit() && options.maxPartBytes() == 0) {
      // The names of parts are known later, from the plan.
      OutputFiles.check(spec, output, Path.of(parameters.getFirst()));
    }
    if (imatrix != null) {
      useImportance();
    }
    try (GgufFile file =
        ModelFiles.open(FileNames.path(parameters.getFirst()), load.mode(console))) {
      FileKind kind = FileKind.of(file);
      if (kind == FileKind.IMPORTANCE_MATRIX || kind == FileKind.CONTROL_VECTOR) {
        FileKind.requireModel(file);
      }
      ModelFiles.tellWarnings(file, new ConsoleListener(console));
      QuantizePlan plan = QuantizePlan.of(file, options);
      if (dryRun) {
        rehearse(plan);
      } else {
        quantize(plan);
      }
    }
  }

  private void checkImportance() {
    if (!included.isEmpty() && !excluded.isEmpty()) {
      throw new IllegalArgumentException(
          "--include-weights and --exclude-weights exclude each other");
    }
    if (imatrix == null && !(included.isEmpty() && excluded.isEmpty())) {
      throw new IllegalArgumentException(
          (included.isEmpty() ? "--exclude-weights" : "--include-weights")
              + " needs an importance matrix: --imatrix FILE");
    }
  }

  private void useImportance() {
    ImportanceMatrix whole = ImportanceMatrix.read(imatrix);
    for (String name : included.isEmpty() ? excluded : included) {
      if (whole.entries().keySet().stream().noneMatch(entry -> entry.contains(name))) {
        note(imatrix + " has no tensor whose name contains " + name);
      }
    }
    ImportanceMatrix used = included.isEmpty() ? whole.without(excluded) : whole.only(included);
    if (!used.entries().isEmpty()) {
      options = options.withImportance(used, imatrix.toString());
    }
  }

  /**
   * {@code IN TYPE}, {@code IN OUT TYPE}, each with an optional number of threads, distinguished as
   * llama.cpp does.
   */
  private void readParameters() {
    if (parameters.size() < 2) {
      throw new IllegalArgumentException("expected IN [OUT] TYPE [THREADS]");
    }
    int at = 1;
    boolean named = QuantizeType.find(parameters.get(at)).isEmpty();
    Path input = FileNames.path(parameters.getFirst());
    if (named) {
      output = FileNames.path(parameters.get(at++));
      if (at == parameters.size()) {
        // A single word that is no type is meant as a type.
        QuantizeType.of(parameters.get(1));
      }
    }
    type = QuantizeType.of(parameters.get(at++));
    if (!named) {
      output = input.resolveSibling("ggml-model-" + type.name() + ".gguf");
    }
    threads = at < parameters.size() ? threads(parameters.get(at++)) : PhysicalCores.count();
    if (at < parameters.size()) {
      throw new IllegalArgumentException("too many parameters, from '" + parameters.get(at) + "'");
    }
  }

  private static int threads(String text) {
    if (!text.matches("-?[0-9]{1,4}")) {
      throw new IllegalArgumentException(
          "the number of threads is '" + text + "', expected 1 to 9999, or 0 for all processors");
    }
    int number = Integer.parseInt(text);
    return number > 0 ? number : Runtime.getRuntime().availableProcessors();
  }

  /** Shows the plan of a dry run. Problems that would stop the quantization do not stop it. */
  private void rehearse(QuantizePlan plan) {
    new QuantizeView(console, plan).printPlan();
    try {
      plan.checkImportance().forEach(this::note);
    } catch (QuantizeException e) {
      note(Errors.message(e));
    }
  }

  private void note(String line) {
    console.err().println("note: " + SafeText.oneLine(line));
  }

  private void quantize(QuantizePlan plan) {
    long start = System.nanoTime();
    plan.checkImportance().forEach(this::note);
    ModelQuantizer quantizer = new ModelQuantizer(plan);
    Progress progress = new Progress(console, "Quantizing", plan.sourceBytes());
    try {
      List<Path> read = OutputFiles.inputs(spec, output, FileNames.path(parameters.getFirst()));
      List<Path> files = quantizer.write(output, read, threads, progress::add);
      progress.finish();
      new QuantizeView(console, plan).printResult(files, (System.nanoTime() - start) / 1e9);
    } catch (IOException e) {
      progress.finish();
      throw OutputFiles.failed(output, e);
    }
  }
}
