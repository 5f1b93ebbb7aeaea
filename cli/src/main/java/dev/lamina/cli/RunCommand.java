package dev.lamina.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.chat.TextStream;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.schedule.GenerationResult;
import dev.lamina.engine.schedule.GenerationResult.Finish;
import dev.lamina.engine.schedule.Outbox;
import dev.lamina.engine.schedule.Scheduler;
import dev.lamina.engine.schedule.StopFinder;
import dev.lamina.gguf.Printable;
import dev.lamina.runtime.OpenModel;
import dev.lamina.text.tokenizer.Tokenizer;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Continues a text. */
final class RunCommand implements Command {
  private final Console console;
  private CommandSpec spec;
  private ModelOptions model = new ModelOptions();
  private PromptOptions prompt = new PromptOptions();
  private int predict;
  private GenerationFlags generation = new GenerationFlags();
  private PromptCacheOptions promptCache = new PromptCacheOptions();
  private boolean noDisplayPrompt;
  private boolean verbosePrompt;
  private boolean special;
  private boolean noPerf;
  private boolean json;
  private final SamplingFlags sampling = new SamplingFlags();
  private final EngineOptions engineOptions = new EngineOptions();

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe("Continues a prompt; the text streams to standard output.");
    options.addAll(model);
    options.addAll(prompt);
    options.add(
        OptionSpec.builder("-n", "--predict", "--n-predict")
            .paramLabel("N")
            .defaultValue("-1")
            .description(
                "most tokens to write; -1: until the model ends, -2: until the context is full (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> predict = value);
    options.addAll(generation);
    options.addAll(promptCache);
    options.add(
        OptionSpec.builder("--no-display-prompt")
            .description("do not print the prompt before the text"),
        boolean.class,
        value -> noDisplayPrompt = value);
    options.add(
        OptionSpec.builder("--verbose-prompt")
            .description("print the prompt's tokens before the text"),
        boolean.class,
        value -> verbosePrompt = value);
    options.add(
        OptionSpec.builder("-sp", "--special").description("print special tokens too"),
        boolean.class,
        value -> special = value);
    options.add(
        OptionSpec.builder("--no-perf").description("print no timings"),
        boolean.class,
        value -> noPerf = value);
    options.add(
        OptionSpec.builder("--json")
            .description("print one JSON object at the end and nothing else"),
        boolean.class,
        value -> json = value);
    options.group("%nSampling%n", sampling);
    options.group("%nContext and computation%n", engineOptions);
  }

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    check();
    promptCache.check(spec);
    String text = prompt.read(console);
    if (text == null && !promptCache.isFilled()) {
      throw usage("no prompt; give one with -p TEXT or -f FILE, or pipe it in");
    }
    try (OpenModel engine = ModelStart.start(console, model, engineOptions);
        Scheduler scheduler = new Scheduler(engine.loaded())) {
      generate(engine, scheduler, text == null ? "" : text);
    }
  }

  private void check() {
    try {
      engineOptions.check();
      sampling.check();
    } catch (IllegalArgumentException e) {
      throw usage(Errors.refusal(e));
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /**
   * @param given the prompt; empty if there is none, or if the prompt cache holds it
   */
  private void generate(OpenModel engine, Scheduler scheduler, String given) {
    Tokenizer tokenizer = engine.model().tokenizer();
    PromptCache cache = promptCache.open(console, scheduler);
    boolean isCached = given.isEmpty() && cache.tokens().length > 0;
    int[] tokens = isCached ? cache.tokens() : tokenizer.encode(given, true, true);
    String text = isCached ? tokenizer.decode(tokens, special) : given;
    checkPrompt(tokenizer, tokens);
    SamplingOptions options =
        ModelSamplers.options(console, engine.model(), sampling, prompt.escape());
    Sampler sampler = ModelSamplers.create(options, engine.model(), scheduler.contextLength());
    StopFinder stops = generation.stops(prompt.escape(), true, tokenizer);
    Outbox outbox = new Outbox();
    TextStream writer =
        new TextStream(tokenizer, special, stops, outbox, json ? _ -> {} : this::show);
    PromptCache.Listener listener = cache.listen(tokens, outbox, writer);
    cache.tell(tokens);
    if (!json && !noDisplayPrompt) {
      show(text);
    }
    GenerationResult result =
        scheduler.generate(
            tokens,
            sampler,
            generation.options(predict, tokens.length, tokenizer.vocabulary().addBos() ? 1 : 0),
            listener,
            outbox);
    writer.finish();
    Timings timings =
        new Timings(engine.loadNanos(), engine.repackedBytes(), engine.cpuKernels(), result);
    if (json) {
      printJson(engine, text, writer.text(), sampler.seed(), timings);
    } else {
      endText(writer.text(), timings, scheduler.contextLength());
    }
    listener.finish(); // at the end, so that a full disk does not cost the text
  }

  private void endText(String answer, Timings timings, int contextLength) {
    if (!answer.endsWith("\n")) {
      console.line("");
    }
    console.out().flush();
    tellEnd(timings.result().finish(), contextLength);
    if (!noPerf) {
      console.err().println();
      timings.print(console);
    }
  }

  private void checkPrompt(Tokenizer tokenizer, int[] tokens) {
    if (tokens.length == 0) {
      throw usage("the prompt is empty, and this model has no BOS token to start from");
    }
    if (verbosePrompt) {
      printTokens(tokenizer, tokens);
    }
  }

  /** Prints a piece of text; on a terminal without control characters. */
  private void show(String piece) {
    if (!piece.isEmpty()) {
      boolean terminal = Terminals.isTerminal(Terminals.STDOUT);
      console.out().print(terminal ? SafeText.forTerminal(piece) : piece);
      console.out().flush();
    }
  }

  private void printTokens(Tokenizer tokenizer, int[] tokens) {
    console.err().println("the prompt has " + tokens.length + " tokens");
    for (int token : tokens) {
      String piece = Printable.escape(SafeText.bytes(tokenizer.bytes(token, true)));
      console.err().println("%6d -> '%s'".formatted(token, piece));
    }
  }

  private void tellEnd(Finish finish, int contextLength) {
    String note = EndNote.of(finish, predict, contextLength);
    if (note != null) {
      console.err().println(note);
    }
  }

  private void printJson(OpenModel engine, String text, String answer, long seed, Timings timings) {
    GenerationResult result = timings.result();
    ObjectNode node = Json.object();
    node.put("model", engine.model().metadata().source());
    node.put("prompt", text);
    node.put("text", answer);
    node.put("finish", result.finish().name().toLowerCase(Locale.ROOT));
    node.put("seed", seed);
    node.put("prompt_tokens", result.promptTokens());
    node.put("generated_tokens", result.generatedTokens());
    timings.addTo(node.putObject("timings"));
    Json.print(console, node);
  }
}
