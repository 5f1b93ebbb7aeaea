package dev.lamina;

import dev.lamina.chat.Conversation;
import dev.lamina.chat.ModelTemplates;
import dev.lamina.chat.TextStream;
import dev.lamina.engine.sampling.ModelSampling;
import dev.lamina.engine.sampling.Samplers;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.schedule.GenerationResult;
import dev.lamina.engine.schedule.Outbox;
import dev.lamina.engine.schedule.Scheduler;
import dev.lamina.engine.schedule.StopFinder;
import dev.lamina.runtime.LoadListener;
import dev.lamina.runtime.ModelFiles;
import dev.lamina.runtime.OpenModel;
import dev.lamina.runtime.WarmUp;
import dev.lamina.text.template.ChatFormat;
import dev.lamina.text.template.ChatTemplate;
import dev.lamina.text.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A language model, open and ready. All methods are thread-safe. Texts of several threads are
 * generated together, which takes less time than one after the other.
 *
 * <pre>{@code
 * try (Lamina lamina = Lamina.open(Path.of("model.gguf"))) {
 *   System.out.println(lamina.complete("Once upon a time", o -> o.maxTokens(100)));
 * }
 * }</pre>
 */
public final class Lamina implements AutoCloseable {
  private static final double NANOS = 1e9;

  private final Path file;
  private final OpenModel model;
  private final Scheduler scheduler;
  private final Consumer<String> warnings;
  private final Map<Boolean, ChatFormat> formats = new HashMap<>();

  /** Held for reading while the model is used, for writing to close it. */
  private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();

  private ChatTemplate template;
  private boolean closed;

  private Lamina(Path file, OpenModel model, Consumer<String> warnings) {
    this.file = file;
    this.model = model;
    this.scheduler = new Scheduler(model.loaded());
    this.warnings = warnings;
  }

  /** Opens a GGUF file, with the defaults of {@link OpenOptions}. */
  public static Lamina open(Path file) {
    return open(file, _ -> {});
  }

  /**
   * Opens a GGUF file, or a split one by its first part.
   *
   * @throws LaminaException.BadFile if it is missing or damaged
   * @throws LaminaException.UnsupportedModel if this version cannot run the model
   * @throws LaminaException.DeviceProblem if a requested device cannot be used
   * @throws LaminaException.NoMemory if copies of the weights, the context and buffers do not fit
   *     the memory
   * @throws LaminaException.BadRequest if the options do not suit the model
   * @throws LaminaException.MissingModule if the program was started without a module of the JDK
   */
  public static Lamina open(Path file, Consumer<OpenOptions> options) {
    return Failures.translate(
        file.toString(),
        () -> {
          OpenOptions chosen = new OpenOptions();
          options.accept(chosen);
          OpenModel model =
              OpenModel.start(
                  () -> ModelFiles.open(file, chosen.loadMode()),
                  chosen.settings(),
                  listener(chosen.warnings()));
          return new Lamina(file, model, chosen.warnings());
        });
  }

  private static LoadListener listener(Consumer<String> warnings) {
    return new LoadListener() {
      @Override
      public void warn(String line) {
        warnings.accept(line);
      }

      @Override
      public void note(String line) {}
    };
  }

  /** Continues a text, with the defaults of {@link GenerateOptions}. */
  public Reply complete(String prompt) {
    return complete(prompt, _ -> {});
  }

  /**
   * Continues a text.
   *
   * @throws LaminaException.ContextFull if the prompt is longer than the context
   * @throws LaminaException.BadRequest if the options do not suit the model
   */
  public Reply complete(String prompt, Consumer<GenerateOptions> options) {
    GenerateOptions chosen = new GenerateOptions();
    options.accept(chosen);
    return using(() -> {
      Tokenizer tokenizer = scheduler.model().tokenizer();
      Outbox outbox = new Outbox(() -> !chosen.isCancelled());
      StopFinder stops = new StopFinder(chosen.stops(), false, tokenizer);
      TextStream text = new TextStream(tokenizer, false, stops, outbox, chosen::text);
      GenerationResult result =
          scheduler.generate(
              tokenizer.encode(prompt, true, true),
              Samplers.create(sampling(chosen), scheduler.model(), scheduler.contextLength()),
              chosen.generation(),
              text,
              outbox);
      text.finish();
      return reply(text.text(), "", result);
    });
  }

  /** Begins a conversation. */
  public Chat chat() {
    return using(() ->
        new Chat(this, new Conversation(scheduler, format(null), sampling(new GenerateOptions()))));
  }

  /**
   * Runs the model for a few seconds at most, so that the JVM has compiled the code before the
   * first text.
   */
  public void warmUp() {
    using(() ->
        scheduler.call(() -> {
          WarmUp.run(model.loaded());
          return null;
        }));
  }

  /** Number of tokens of a text. */
  public int countTokens(String text) {
    return model.model().tokenizer().encode(text, false, false).length;
  }

  /** Name of the architecture of the model, such as {@code qwen2}. */
  public String architecture() {
    return model.model().metadata().string("general.architecture");
  }

  /** Size of the context in tokens. */
  public int contextLength() {
    return scheduler.contextLength();
  }

  /** Number of layers of the model. */
  public int layers() {
    return model.loaded().placement().layers().size();
  }

  /** Number of layers that are on GPUs at present. */
  public int gpuLayers() {
    return model.loaded().placement().nLayersOn(-1);
  }

  /** Time that opening the model took. */
  public Duration openTime() {
    return Duration.ofNanos(model.loadNanos());
  }

  /** The path of the file, as it was given. */
  @Override
  public String toString() {
    return file.toString();
  }

  /** Waits for the end of all texts, and releases memory and devices. */
  @Override
  public void close() {
    refuseListeners();
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        scheduler.close();
        model.close();
      }
    } finally {
      use.writeLock().unlock();
    }
  }

  /**
   * @throws IllegalStateException if the caller is a listener: its text could wait for itself
   */
  private void refuseListeners() {
    if (use.getReadHoldCount() > 0) {
      throw new IllegalStateException("a listener may not use the model whose text it gets");
    }
  }

  /** Does something with the model, which stays open meanwhile. */
  <T> T using(Supplier<T> work) {
    refuseListeners();
    use.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(file + " is closed");
      }
      return Failures.translate(file.toString(), work);
    } finally {
      use.readLock().unlock();
    }
  }

  /**
   * The format that turns messages into a prompt.
   *
   * @param thinking null: as the template decides
   */
  synchronized ChatFormat format(Boolean thinking) {
    return formats.computeIfAbsent(
        thinking,
        on -> {
          // Compiled for the first chat: a program that only completes texts needs no template.
          if (template == null) {
            template = ModelTemplates.own(model.model().metadata(), warnings);
          }
          return ModelTemplates.format(
              model.model(), template, on == null ? Map.of() : ModelTemplates.thinking(on));
        });
  }

  /** Sampling options: the file's recommendations, changed by the given options. */
  SamplingOptions sampling(GenerateOptions options) {
    return options.sampling(
        ModelSampling.of(model.model().metadata(), SamplingOptions.defaults(), _ -> {}));
  }

  static Reply reply(String text, String thought, GenerationResult result) {
    return new Reply(
        text,
        thought,
        Reply.Finish.valueOf(result.finish().name()),
        new Reply.Usage(
            result.cachedTokens() + result.promptTokens(),
            result.cachedTokens(),
            result.generatedTokens()),
        new Reply.Timings(
            Duration.ofNanos(result.promptNanos()),
            Duration.ofNanos(result.evalNanos()),
            result.evalTokens() * NANOS / result.evalNanos(),
            result.steadyTokens() * NANOS / result.steadyNanos()));
  }
}
