package dev.lamina.cli;

import dev.lamina.bench.quality.QualityPage;
import dev.lamina.bench.quality.QualityRow;
import dev.lamina.bench.quality.QualityTable;
import dev.lamina.cli.arguments.Options;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.quantize.ImportanceMatrix;
import dev.lamina.quantize.QuantizeException;
import dev.lamina.quantize.QuantizeType;
import dev.lamina.runtime.Sizes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Makes a model's files in many types and shows what each is worth. */
final class QualityCommand implements Command {
  /** Types with at least as many bits per weight as the original. */
  private static final List<String> NO_QUANTIZATION = List.of("F32", "F16", "BF16", "COPY");

  private static final String TABLE = "quality.csv";
  private final Console console;
  private CommandSpec spec;
  private Path model;
  private List<String> typeNames;
  private Path imatrix;
  private Path text;
  private Path folder;
  private int chunks;
  private List<Double> budgets = List.of();
  private Path calibration;
  private boolean int8;
  private boolean delete;
  private boolean resume;
  private final QualitySpeedOptions speed = new QualitySpeedOptions();
  private final EngineOptions engineOptions = new EngineOptions();
  private FileOptions fileOptions = new FileOptions();
  private LoadOptions load = new LoadOptions();

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe(
        "Quantizes a model to many types and measures each file: size, divergence from the original, perplexity, speed. Writes the files, a table, charts and a page into a folder.");
    options.add(
        OptionSpec.builder("-m", "--model")
            .paramLabel("FILE")
            .required(true)
            .description("the original, in F32, F16 or BF16"),
        Path.class,
        value -> model = value);
    options.addList(
        OptionSpec.builder("--types")
            .paramLabel("LIST")
            .splitRegex(",")
            .defaultValue("all")
            .description("types to make, or all (default: ${DEFAULT-VALUE})"),
        String.class,
        value -> typeNames = value);
    options.add(
        OptionSpec.builder("--imatrix")
            .paramLabel("FILE")
            .description("importance matrix; without one, types that need it are left out of all"),
        Path.class,
        value -> imatrix = value);
    options.add(
        OptionSpec.builder("-f", "--file")
            .paramLabel("TEXT")
            .required(true)
            .description(
                "the text to predict; not the one that the importance matrix was made from"),
        Path.class,
        value -> text = value);
    options.add(
        OptionSpec.builder("-o", "--output")
            .paramLabel("DIR")
            .defaultValue("quality")
            .description("folder for the results (default: ${DEFAULT-VALUE})"),
        Path.class,
        value -> folder = value);
    options.add(
        OptionSpec.builder("--chunks")
            .paramLabel("N")
            .defaultValue("-1")
            .description("most windows of the text; -1: all (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> chunks = value);
    options.addList(
        OptionSpec.builder("--choose")
            .paramLabel("BPW,BPW")
            .hideParamSyntax(true)
            .splitRegex(",")
            .description(
                "make files of so many bits per weight too, with types chosen tensor by tensor (see lamina choose)"),
        Double.class,
        value -> budgets = value);
    options.add(
        OptionSpec.builder("--calibration")
            .paramLabel("TEXT")
            .description(
                "with --choose: the text to measure sensitivities with (default: that of -f)"),
        Path.class,
        value -> calibration = value);
    options.add(
        OptionSpec.builder("--int8")
            .description(
                "measure the divergence with activations in 8 bits too, as weights are multiplied usually"),
        boolean.class,
        value -> int8 = value);
    options.add(
        OptionSpec.builder("--delete").description("delete each file when it has been measured"),
        boolean.class,
        value -> delete = value);
    options.add(
        OptionSpec.builder("--resume")
            .description(
                "keep the lines that are in DIR's quality.csv already, and make the others"),
        boolean.class,
        value -> resume = value);
    options.group("%nSpeed%n", speed);
    options.group("%nContext and computation%n", engineOptions);
    options.addAll(fileOptions);
    options.addAll(load);
  }

  QualityCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    ImportanceMatrix importance = imatrix == null ? null : ImportanceMatrix.read(imatrix);
    List<QuantizeType> types = check(importance != null);
    boolean isNew = Files.notExists(folder);
    try {
      checkFolder(types);
      measure(types, importance);
    } finally {
      if (isNew) {
        deleteIfEmpty();
      }
    }
  }

  private void measure(List<QuantizeType> types, ImportanceMatrix importance) {
    try (GgufFile source = fileOptions.open(model, load.mode(console), console)) {
      List<QualityRow> rows = new ArrayList<>();
      if (resume && Files.exists(folder.resolve(TABLE))) {
        rows.addAll(readTable());
      }
      try (QualityRun run =
          new QualityRun(
              console, source, model, importance, imatrix, folder, engineOptions, speed)) {
        run.int8(int8)
            .delete(delete)
            .calibration(calibration == null ? null : TextInput.readFile(calibration));
        run.readText(TextInput.readFile(text), chunks);
        for (QuantizeType type : types) {
          measure(rows, name(type.name()), () -> run.measure(type));
        }
        for (double bits : budgets) {
          measure(rows, name(QualityRun.chosen(bits)), () -> run.choose(bits));
        }
        if (rows.isEmpty()) {
          throw new CliException("no file could be made; the notes above say why");
        }
        new QualityPage(run.title(), run.summary(text), rows)
            .write(folder)
            .forEach(file -> console.line(SafeText.oneLine(file.toString())));
      }
    } catch (IOException e) {
      throw OutputFiles.failed(folder, e);
    }
  }

  private List<QuantizeType> check(boolean hasImportance) {
    try {
      engineOptions.check();
      speed.check();
      if (chunks == 0 || chunks < -1) {
        throw new IllegalArgumentException("--chunks is " + chunks + ", expected 1 or more, or -1");
      }
      for (double bits : budgets) {
        if (!(bits > 1 && bits <= 16)) {
          throw new IllegalArgumentException(
              "--choose is " + bits + ", expected bits per weight from 1 to 16");
        }
      }
      if (typeNames.size() == 1 && typeNames.getFirst().toLowerCase(Locale.ROOT).equals("all")) {
        return QuantizeType.names().stream()
            .filter(name -> !NO_QUANTIZATION.contains(name))
            .map(QuantizeType::of)
            .filter(QuantizeType::isGeneral)
            .filter(type -> hasImportance || !type.mix().needsImportance())
            .toList();
      }
      return typeNames.stream().map(QuantizeType::of).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), Errors.refusal(e), e);
    }
  }

  private List<QualityRow> readTable() {
    Path table = folder.resolve(TABLE);
    try {
      return QualityTable.read(table);
    } catch (IOException e) {
      throw new CliException("cannot read " + table + ": " + e.getMessage(), e);
    }
  }

  private String name(String type) {
    return QualityRun.name(QualityRun.stem(model), type);
  }

  /** Checks that everything can be written to the folder. */
  private void checkFolder(List<QuantizeType> types) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new CliException("cannot make a folder " + folder + "; name another one", e);
    }
    List<Path> files = new ArrayList<>(List.of(folder.resolve(TABLE)));
    types.forEach(type -> files.add(folder.resolve(name(type.name()))));
    budgets.forEach(bits -> files.add(folder.resolve(name(QualityRun.chosen(bits)))));
    files.addAll(QualityPage.files(folder, QualityRun.speedNames(speed.tests())));
    files.forEach(file -> OutputFiles.check(spec, file));
  }

  /** Deletes the folder if it is empty, so that a refused command leaves none. */
  private void deleteIfEmpty() {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // It holds results, or an empty folder stays.
    }
  }

  /** Makes and measures a file. */
  private interface Measurement {
    QualityRow run() throws IOException;
  }

  /**
   * Measures a file and writes its line at once, so that an interruption loses at most one line.
   */
  private void measure(List<QualityRow> rows, String file, Measurement measurement)
      throws IOException {
    if (rows.stream().anyMatch(row -> row.file().equals(file))) {
      return;
    }
    try {
      QualityRow row = measurement.run();
      rows.add(row);
      QualityTable.write(folder.resolve(TABLE), rows);
      console.line(
          "%-10s %9s  %5.2f bpw  PPL %.4f  KLD %.6f  same top %.2f %%%s"
              .formatted(
                  row.type(),
                  Sizes.of(row.bytes()),
                  row.bitsPerWeight(),
                  row.perplexity(),
                  row.meanDivergence(),
                  100 * row.sameTop(),
                  speeds(row)));
      console.out().flush();
    } catch (QuantizeException | GgufFormatException e) {
      // If the model or the matrix does not allow one type, continue with the others.
      console.err().println("note: no " + file + ": " + SafeText.oneLine(Errors.message(e)));
    }
  }

  private static String speeds(QualityRow row) {
    StringBuilder speeds = new StringBuilder();
    row.speeds()
        .forEach((test, speed) ->
            speeds.append(String.format(Locale.ROOT, "  %s %.1f t/s", test, speed)));
    return speeds.toString();
  }
}
