package dev.lamina.cli;

import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.output.PendingFiles;
import dev.lamina.quantize.ImportanceCollector;
import dev.lamina.quantize.ImportanceMatrix;
import dev.lamina.quantize.quality.Windows;
import dev.lamina.runtime.OpenModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Makes an importance matrix, as llama-imatrix does. */
final class ImatrixCommand implements Command {
  private static final int DEFAULT_WINDOW = 512;
  private static final String LEGACY = "dat";
  private final Console console;
  private CommandSpec spec;
  private ModelOptions model = new ModelOptions();
  private Path text;
  private Path output;
  private String format;
  private int chunks;
  private int fromChunk;
  private int frequency;
  private int saveFrequency;
  private boolean resume;
  private List<Path> inputs = new ArrayList<>();
  private boolean processOutput;
  private boolean withPerplexity;
  private boolean parseSpecial;
  private boolean statistics;
  private final EngineOptions engineOptions = new EngineOptions();

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe(
        "Finds out which columns of a model's matrices matter, from a text, in windows of the context's size (-c, 512 if not given). `lamina quantize --imatrix` then keeps these more exactly.");
    options.addAll(model);
    options.add(
        OptionSpec.builder("-f", "--file")
            .paramLabel("TEXT")
            .description("the text: of the kind that the model will read and write"),
        Path.class,
        value -> text = value);
    options.add(
        OptionSpec.builder("-o", "--output", "--output-file")
            .paramLabel("OUT")
            .defaultValue("imatrix.gguf")
            .description("the file to write (default: ${DEFAULT-VALUE})"),
        Path.class,
        value -> output = value);
    options.add(
        OptionSpec.builder("--output-format")
            .paramLabel("FORMAT")
            .description(
                "gguf, or dat as before GGUF (default: dat if the name of OUT ends so, else gguf)"),
        String.class,
        value -> format = value);
    options.add(
        OptionSpec.builder("--chunks")
            .paramLabel("N")
            .defaultValue("-1")
            .description("most windows; -1: all (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> chunks = value);
    options.add(
        OptionSpec.builder("--chunk", "--from-chunk")
            .paramLabel("N")
            .defaultValue("0")
            .description("leave out so many windows at the start (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> fromChunk = value);
    options.add(
        OptionSpec.builder("-ofreq", "--output-frequency")
            .paramLabel("N")
            .defaultValue("10")
            .description("write the file every N windows (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> frequency = value);
    options.add(
        OptionSpec.builder("--save-frequency")
            .paramLabel("N")
            .defaultValue("0")
            .description(
                "keep a copy, OUT.at_NUMBER, every N windows; 0: never (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> saveFrequency = value);
    options.add(
        OptionSpec.builder("--resume")
            .description("go on with OUT, if it is there, after the windows that it has"),
        boolean.class,
        value -> resume = value);
    options.addList(
        OptionSpec.builder("--in-file")
            .paramLabel("FILE")
            .description("add what this importance matrix has; may be repeated"),
        Path.class,
        value -> inputs = value);
    options.add(
        OptionSpec.builder("--process-output")
            .description("watch output.weight too, which is usually left in more bits"),
        boolean.class,
        value -> processOutput = value);
    options.add(
        OptionSpec.builder("--ppl")
            .negatable(true)
            .defaultValue("true")
            .fallbackValue("true")
            .description("compute the perplexity, which takes more time (default: yes)"),
        boolean.class,
        value -> withPerplexity = value);
    options.add(
        OptionSpec.builder("--parse-special")
            .description(
                "take special tokens written out in the text, such as <|im_end|>, as those"),
        boolean.class,
        value -> parseSpecial = value);
    options.add(
        OptionSpec.builder("--show-statistics")
            .description("print what there is to know of the matrices of --in-file, and end"),
        boolean.class,
        value -> statistics = value);
    options.group("%nContext and computation%n", engineOptions);
  }

  private final Set<String> datasets = new LinkedHashSet<>();
  private long chunkCount;
  private long chunkSize;

  ImatrixCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    check();
    if (!statistics) {
      OutputFiles.check(spec, output);
    }
    ImportanceCollector collector = new ImportanceCollector(processOutput);
    inputs.forEach(path -> add(collector, path));
    if (statistics) {
      ImatrixView.print(console, collector.matrix(List.of(), 0, 0));
      return;
    }
    if (text == null) {
      save(collector);
      console.line(SafeText.oneLine(output.toString()));
      return;
    }
    long done = 0;
    if (resume && Files.isRegularFile(output)) {
      done = chunkCount;
      add(collector, output);
      done = chunkCount - done;
    }
    collect(collector, fromChunk + done);
  }

  private void check() {
    try {
      engineOptions.check();
    } catch (IllegalArgumentException e) {
      throw usage(Errors.refusal(e));
    }
    if (chunks == 0 || chunks < -1) {
      throw usage("--chunks is " + chunks + ", expected 1 or more, or -1");
    }
    if (fromChunk < 0) {
      throw usage("--chunk is " + fromChunk + ", expected 0 or more");
    }
    if (frequency < 1) {
      throw usage("-ofreq is " + frequency + ", expected 1 or more");
    }
    if (saveFrequency < 0) {
      throw usage("--save-frequency is " + saveFrequency + ", expected 0 or more");
    }
    if (statistics && inputs.isEmpty()) {
      throw usage("--show-statistics needs --in-file FILE");
    }
    if (text == null && inputs.isEmpty()) {
      throw usage("no text; give one with -f FILE");
    }
    if (format == null) {
      format = output.toString().toLowerCase(Locale.ROOT).endsWith("." + LEGACY) ? LEGACY : "gguf";
    } else if (!format.equals("gguf") && !format.equals(LEGACY)) {
      throw usage("--output-format is '" + format + "', expected gguf or dat");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void add(ImportanceCollector collector, Path path) {
    ImportanceMatrix matrix = ImportanceMatrix.read(path);
    collector.add(matrix, path.toString());
    datasets.addAll(matrix.datasets());
    chunkCount += matrix.chunkCount();
    chunkSize = Math.max(chunkSize, matrix.chunkSize());
  }

  private void collect(ImportanceCollector collector, long from) {
    int size = engineOptions.contextOr(DEFAULT_WINDOW);
    if (resume && chunkSize != 0 && chunkSize != size) {
      throw new CliException(
          "%s was made with windows of %d tokens; go on with -c %d, or write another file"
              .formatted(output, chunkSize, chunkSize));
    }
    chunkSize = size;
    datasets.add(text.toString());
    String words = TextInput.readFile(text);
    try (OpenModel engine =
            ModelStart.start(
                console,
                model,
                engineOptions,
                _ -> {
                  RuntimeConfig fitting = engineOptions.session(size);
                  // Ask for the logits of all tokens of a batch if more than the last ones are
                  // needed.
                  return !withPerplexity && !processOutput
                      ? fitting
                      : fitting.withMaxLogits(fitting.batchSize());
                },
                collector);
        Session session = new Session(engine.loaded())) {
      Windows windows =
          windows(engine.model().tokenizer().encode(words, true, parseSpecial), size, from);
      ImatrixRun run = new ImatrixRun(console, session, windows, withPerplexity, processOutput);
      run.evaluate(
          (int) from,
          n -> {
            chunkCount++;
            // Output to a pipe cannot be replaced later.
            if (n % frequency == 0 && !PendingFiles.isDevice(output)) {
              save(collector);
            }
            if (saveFrequency > 0 && n % saveFrequency == 0 && !PendingFiles.isDevice(output)) {
              Path copy = output.resolveSibling(output.getFileName() + ".at_" + chunkCount);
              OutputFiles.check(spec, copy);
              save(collector, copy);
            }
          });
    }
    save(collector);
    console.line(
        "%s: %d matrices, %d windows of %d tokens"
            .formatted(
                SafeText.oneLine(output.toString()),
                collector.matrix(List.of(), 0, 0).entries().size(),
                chunkCount,
                size));
  }

  private Windows windows(int[] tokens, int size, long from) {
    Windows all;
    try {
      all = Windows.of(tokens, size, -1);
    } catch (IllegalArgumentException e) {
      throw usage(Errors.refusal(e));
    }
    if (from >= all.count()) {
      throw new CliException(
          "the text has %d windows, and all of them are done or left out".formatted(all.count()));
    }
    long end = chunks < 0 ? all.count() : Math.min(all.count(), from + chunks);
    return Windows.of(tokens, size, (int) end);
  }

  private void save(ImportanceCollector collector) {
    save(collector, output);
  }

  private void save(ImportanceCollector collector, Path to) {
    ImportanceMatrix matrix = collector.matrix(List.copyOf(datasets), chunkCount, chunkSize);
    try {
      if (format.equals(LEGACY)) {
        matrix.writeLegacy(to);
      } else {
        matrix.write(to);
      }
    } catch (IOException e) {
      throw OutputFiles.failed(to, e);
    }
  }
}
