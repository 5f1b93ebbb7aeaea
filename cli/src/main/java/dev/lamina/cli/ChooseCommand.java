package dev.lamina.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.output.PendingFiles;
import dev.lamina.gguf.output.Temporary;
import dev.lamina.quantize.ImportanceMatrix;
import dev.lamina.quantize.ModelQuantizer;
import dev.lamina.quantize.QuantizeOptions;
import dev.lamina.quantize.QuantizePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Quantizes a model to a size, each tensor in the type that is best for it. */
final class ChooseCommand implements Command {
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,9})\\..*");

  private final Console console;
  private CommandSpec spec;
  private Path model;
  private Path output;
  private Double bitsPerWeight;
  private String size;
  private Path imatrix;
  private Path text;
  private int chunks;
  private Path sensitivity;
  private Integer gpuLayers;
  private boolean dryRun;
  private final EngineOptions engineOptions = new EngineOptions();
  private FileOptions fileOptions = new FileOptions();
  private LoadOptions load = new LoadOptions();

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe(
        "Quantizes a model so that it fits a size: measures how much its predictions suffer from errors in each matrix, and gives each the type that makes the best of the whole.");
    options.add(
        OptionSpec.builder("-m", "--model")
            .paramLabel("FILE")
            .required(true)
            .description("the original, in F32, F16 or BF16"),
        Path.class,
        value -> model = value);
    options.add(
        OptionSpec.builder("-o", "--output").paramLabel("OUT").description("the file to write"),
        Path.class,
        value -> output = value);
    options.add(
        OptionSpec.builder("--bpw")
            .paramLabel("X")
            .description("bits per weight that the tensors may have"),
        Double.class,
        value -> bitsPerWeight = value);
    options.add(
        OptionSpec.builder("--size")
            .paramLabel("SIZE")
            .description("or the bytes that they may take, such as 900M or 2G"),
        String.class,
        value -> size = value);
    options.add(
        OptionSpec.builder("--imatrix")
            .paramLabel("FILE")
            .description("importance matrix; without one, IQ1, IQ2 and IQ3_XXS are not used"),
        Path.class,
        value -> imatrix = value);
    options.add(
        OptionSpec.builder("-f", "--file")
            .paramLabel("TEXT")
            .description("the text that sensitivities are measured with"),
        Path.class,
        value -> text = value);
    options.add(
        OptionSpec.builder("--chunks")
            .paramLabel("N")
            .defaultValue("4")
            .description("most windows of it; -1: all (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> chunks = value);
    options.add(
        OptionSpec.builder("--sensitivity")
            .paramLabel("JSON")
            .description(
                "file that the sensitivities are read from, if it is there, or else written to: to measure them takes long"),
        Path.class,
        value -> sensitivity = value);
    options.add(
        OptionSpec.builder("--for-gpu-layers")
            .paramLabel("N")
            .description(
                "so many layers will be on a GPU, the last ones first, the output as one more: those get I-quants, and the others K-quants, which a CPU is faster with (default: any type anywhere)"),
        Integer.class,
        value -> gpuLayers = value);
    options.add(
        OptionSpec.builder("--dry-run").description("show the types and sizes, and write nothing"),
        boolean.class,
        value -> dryRun = value);
    options.group("%nContext and computation%n", engineOptions);
    options.addAll(fileOptions);
    options.addAll(load);
  }

  ChooseCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    check();
    if (!dryRun) {
      OutputFiles.check(spec, output);
    }
    if (sensitivity != null && !hasSensitivities()) {
      OutputFiles.check(spec, sensitivity);
    }
    ImportanceMatrix importance = imatrix == null ? null : ImportanceMatrix.read(imatrix);
    try (GgufFile source = fileOptions.open(model, load.mode(console), console)) {
      TypeChoice choice =
          new TypeChoice(console, source, importance, imatrix, engineOptions.compute().threads());
      findSensitivities(source, choice);
      long bytes = size == null ? choice.bytes(bitsPerWeight) : OutputFiles.size("--size", size);
      QuantizeOptions options = QuantizeOptions.of(choice.of(bytes, placement(source)));
      if (importance != null) {
        options = options.withImportance(importance, imatrix.toString());
      }
      QuantizePlan plan = QuantizePlan.of(source, options);
      if (dryRun) {
        new QuantizeView(console, plan).printPlan();
      } else {
        write(plan);
      }
    }
  }

  private void check() {
    try {
      engineOptions.check();
      if ((bitsPerWeight == null) == (size == null)) {
        throw new IllegalArgumentException("expected either --bpw or --size");
      }
      if (bitsPerWeight != null && !(bitsPerWeight > 1 && bitsPerWeight <= 16)) {
        throw new IllegalArgumentException("--bpw is " + bitsPerWeight + ", expected 1 to 16");
      }
      if (size != null) {
        OutputFiles.size("--size", size);
      }
      if (chunks == 0 || chunks < -1) {
        throw new IllegalArgumentException("--chunks is " + chunks + ", expected 1 or more, or -1");
      }
      if (gpuLayers != null && gpuLayers < 0) {
        throw new IllegalArgumentException(
            "--for-gpu-layers is " + gpuLayers + ", expected 0 or more");
      }
      if (!dryRun && output == null) {
        throw new IllegalArgumentException("name the file to write with -o OUT");
      }
      if (text == null && !hasSensitivities()) {
        throw new IllegalArgumentException(
            "give a text to measure sensitivities with, -f TEXT, or a file that has them, --sensitivity JSON");
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), Errors.refusal(e), e);
    }
  }

  private void findSensitivities(GgufFile source, TypeChoice choice) {
    try {
      if (hasSensitivities()) {
        choice.use(sensitivity, read());
        return;
      }
      try (Temporary base = Temporary.file("lamina-choose-", ".logits")) {
        new TextSessions(console, engineOptions)
            .writeBase(source, TextInput.readFile(text), chunks, base.path());
        choice.measure(base.path());
      }
      if (sensitivity != null) {
        PendingFiles.write(sensitivity, Json.text(new TreeMap<>(choice.sensitivities())) + "\n");
      }
    } catch (IOException e) {
      throw OutputFiles.failed(Path.of("a temporary file"), e);
    }
  }

  /** Whether sensitivities are read from a file instead of written to it. */
  private boolean hasSensitivities() {
    return sensitivity != null && Files.isRegularFile(sensitivity);
  }

  private Map<String, Double> read() throws IOException {
    try {
      Map<String, Double> measured =
          new ObjectMapper().readValue(sensitivity.toFile(), new TypeReference<>() {});
      return measured == null ? Map.of() : measured;
    } catch (JsonProcessingException e) {
      throw new CliException(
          sensitivity + " has no sensitivities; delete it, or name another file", e);
    }
  }

  /** Tells whether a tensor will be on a GPU; null if the options do not say it. */
  private Function<GgufTensor, Boolean> placement(GgufFile source) {
    if (gpuLayers == null) {
      return _ -> null;
    }
    String architecture = source.metadata().string("general.architecture");
    int nLayers = source.metadata().integer(architecture + ".block_count");
    return tensor -> {
      Matcher layer = LAYER.matcher(tensor.name());
      int index = layer.matches() ? Integer.parseInt(layer.group(1)) : nLayers;
      return layer.matches() ? index >= nLayers - gpuLayers : gpuLayers > nLayers;
    };
  }

  private void write(QuantizePlan plan) {
    long start = System.nanoTime();
    Progress progress = new Progress(console, "Quantizing", plan.sourceBytes());
    try {
      List<Path> files =
          new ModelQuantizer(plan)
              .write(
                  output,
                  OutputFiles.inputs(spec, output),
                  engineOptions.compute().threads(),
                  progress::add);
      progress.finish();
      new QuantizeView(console, plan).printResult(files, (System.nanoTime() - start) / 1e9);
    } catch (IOException e) {
      progress.finish();
      throw OutputFiles.failed(output, e);
    }
  }
}
