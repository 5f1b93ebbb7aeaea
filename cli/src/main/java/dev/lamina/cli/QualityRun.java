package dev.lamina.cli;

import dev.lamina.bench.BenchDevices;
import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchParameters;
import dev.lamina.bench.BenchProgress;
import dev.lamina.bench.BenchRunner;
import dev.lamina.bench.BenchSessions;
import dev.lamina.bench.BenchSetup;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.MeasuredModel;
import dev.lamina.bench.quality.QualityRow;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.LoadMode;
import dev.lamina.gguf.output.Temporary;
import dev.lamina.quantize.ImportanceMatrix;
import dev.lamina.quantize.ModelQuantizer;
import dev.lamina.quantize.QuantizeOptions;
import dev.lamina.quantize.QuantizePlan;
import dev.lamina.quantize.QuantizeType;
import dev.lamina.quantize.TypeOptions;
import dev.lamina.quantize.quality.BaseFile;
import dev.lamina.quantize.quality.Divergence;
import dev.lamina.quantize.quality.Evaluation;
import dev.lamina.quantize.quality.Windows;
import dev.lamina.runtime.Backends;
import dev.lamina.runtime.ModelFiles;
import dev.lamina.runtime.OpenDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Makes files of a model and measures them, one after the other. */
final class QualityRun implements AutoCloseable {
  private static final String CPU = "cpu";
  private static final String GPU = "gpu";
  private static final String LOGITS = ".logits";

  /** Number of windows for measuring sensitivities; a single number for each matrix needs few. */
  private static final int CALIBRATION_WINDOWS = 8;

  private final Console console;
  private final GgufFile source;
  private final String stem;
  private final ImportanceMatrix importance;
  private final Path imatrix;
  private final Path folder;
  private final EngineOptions options;
  private final QualitySpeedOptions speed;
  private final Temporary base;
  private final TextSessions sessions;
  private boolean int8;
  private boolean delete;
  private String calibration;
  private Windows windows;
  private TypeChoice choice;

  /**
   * @param importance null if there is none
   */
  QualityRun(
      Console console,
      GgufFile source,
      Path model,
      ImportanceMatrix importance,
      Path imatrix,
      Path folder,
      EngineOptions options,
      QualitySpeedOptions speed)
      throws IOException {
    this.console = console;
    this.source = source;
    this.stem = stem(model);
    this.importance = importance;
    this.imatrix = imatrix;
    this.folder = folder;
    this.options = options;
    this.speed = speed;
    this.base = Temporary.file(folder, "base-", LOGITS);
    this.sessions = new TextSessions(console, options);
  }

  /** Sets whether to measure with integer activations too. */
  QualityRun int8(boolean on) {
    int8 = on;
    return this;
  }

  /** Sets whether to delete files after they are measured. */
  QualityRun delete(boolean on) {
    delete = on;
    return this;
  }

  /** Sets the text for measuring sensitivities; null for the same text as everything else. */
  QualityRun calibration(String text) {
    calibration = text;
    return this;
  }

  /** Name of the type that {@link #choose} makes. */
  static String chosen(double bits) {
    return QualityRow.CHOSEN + String.format(Locale.ROOT, "-%.2f", bits);
  }

  /** The beginning of the names of a model's files. */
  static String stem(Path model) {
    return model
        .getFileName()
        .toString()
        .replaceFirst("(?i)\\.gguf$", "")
        .replaceFirst("(?i)[-.](f32|f16|bf16)$", "");
  }

  /** Name of the file of a type. */
  static String name(String stem, String type) {
    return stem + "-" + type + ".gguf";
  }

  /** Names that the speeds of tests can have. */
  static List<String> speedNames(List<BenchTest> tests) {
    return Stream.of(CPU, GPU)
        .flatMap(place -> tests.stream().map(test -> speedName(place, test)))
        .toList();
  }

  private static String speedName(String place, BenchTest test) {
    return place + " " + test.name();
  }

  String title() {
    return source.metadata().get("general.name") instanceof String name
        ? SafeText.oneLine(name)
        : stem;
  }

  String summary(Path text) {
    return "%s, %d windows of %d tokens from %s, float activations%s. CPU: %s, %d threads."
        .formatted(
            stem,
            windows.count(),
            windows.size(),
            text.getFileName(),
            imatrix == null ? "" : ", importance matrix " + imatrix.getFileName(),
            Backends.probe("cpu").availability().reason(),
            options.compute().threads());
  }

  /** Evaluates the text with the original. */
  void readText(String words, int chunks) throws IOException {
    windows = sessions.writeBase(source, words, chunks, base.path());
  }

  QualityRow measure(QuantizeType type) throws IOException {
    return measure(type.name(), TypeOptions.of(type));
  }

  /**
   * Makes and measures a file with this number of bits per weight; the type of each tensor is
   * chosen separately.
   */
  QualityRow choose(double bits) throws IOException {
    if (choice == null) {
      choice = new TypeChoice(console, source, importance, imatrix, options.compute().threads());
      measureSensitivities();
    }
    return measure(chosen(bits), choice.of(choice.bytes(bits), _ -> null));
  }

  private void measureSensitivities() throws IOException {
    if (calibration == null) {
      choice.measure(base.path());
      return;
    }
    try (Temporary other = Temporary.file(folder, "calibration-", LOGITS)) {
      sessions.writeBase(source, calibration, CALIBRATION_WINDOWS, other.path());
      choice.measure(other.path());
    }
  }

  private QualityRow measure(String type, TypeOptions types) throws IOException {
    Path file = folder.resolve(name(stem, type));
    write(types, file);
    try (GgufFile made = ModelFiles.open(file, LoadMode.AUTO)) {
      ModelSummary summary = ModelSummary.of(made);
      QualityRow row =
          QualityRow.of(
              file.getFileName().toString(),
              type,
              made.bytes(),
              ModelSummary.bitsPerWeight(summary.bytes(), summary.parameters()),
              divergence(made, type, false));
      if (int8) {
        row = row.withInt8(divergence(made, type, true).mean().value());
      }
      return row.with(speeds(made, type));
    } finally {
      if (delete) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void write(TypeOptions types, Path file) throws IOException {
    QuantizeOptions how = QuantizeOptions.of(types);
    if (importance != null) {
      how = how.withImportance(importance, imatrix.toString());
    }
    QuantizePlan plan = QuantizePlan.of(source, how);
    Progress progress =
        new Progress(console, "Quantizing " + file.getFileName(), plan.sourceBytes());
    try {
      new ModelQuantizer(plan).write(file, options.compute().threads(), progress::add);
    } finally {
      progress.finish();
    }
  }

  private Divergence divergence(GgufFile made, String type, boolean integers) throws IOException {
    Divergence[] result = new Divergence[1];
    Progress progress = new Progress(console, "Reading with " + type, windows.count());
    sessions.withSession(
        made,
        integers,
        windows.size(),
        session -> {
          try (BaseFile file = BaseFile.open(base.path())) {
            result[0] = Evaluation.divergence(session, file, -1, (_, _) -> progress.add(1));
          }
        });
    progress.finish();
    return result[0];
  }

  /** Measures speeds on the CPU, and with all layers on GPUs if there are any. */
  private Map<String, Double> speeds(GgufFile made, String type) {
    Map<String, Double> speeds = new LinkedHashMap<>();
    List<BenchTest> tests = speed.tests();
    if (tests.isEmpty()) {
      return speeds;
    }
    Progress progress = new Progress(console, "Timing " + type, 2);
    speeds(made, CPU, 0, tests, speeds);
    progress.add(1);
    if (hasGpu(made)) {
      speeds(made, GPU, PlacementOptions.ALL, tests, speeds);
    }
    progress.finish();
    return speeds;
  }

  private boolean hasGpu(GgufFile made) {
    try (OpenDevices devices =
        options.devices().open(console, options.compute(), made.tensorBytes())) {
      return devices.targets().size() > 1;
    }
  }

  private void speeds(
      GgufFile made, String place, int layers, List<BenchTest> tests, Map<String, Double> to) {
    BackendOptions compute = options.compute();
    BenchParameters parameters =
        BenchParameters.of(tests, compute.threads()).with(PlacementOptions.layers(layers));
    BenchDevices.Source devices =
        (model, settings) -> {
          OpenDevices open =
              layers == 0
                  ? OpenDevices.cpu(settings.backend())
                  : options.devices().open(console, settings.backend(), model.bytes());
          return new BenchDevices(open.targets(), open::close);
        };
    MeasuredModel measured =
        new MeasuredModel(
            BenchModel.of(made),
            ModelFiles.load(made, options.rope(), new ConsoleListener(console)),
            made.tensorBytes(),
            () -> {});
    try (BenchSetup setup =
            new BenchSetup(
                _ -> measured, devices, line -> new ConsoleListener(console).warn(line));
        BenchSessions sessions = new BenchSessions(setup, parameters.runs())) {
      new BenchRunner(
              speed.protocol(), new BenchProgress(_ -> {}, console.err()::println, tests.size()))
          .run(
              sessions,
              result -> to.put(speedName(place, result.run().test()), result.meanSpeed()));
    }
  }

  @Override
  public void close() throws IOException {
    base.close();
  }
}
