package dev.lamina.cli;

import dev.lamina.engine.generate.Session;
import dev.lamina.engine.sampling.SamplingOptions;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Talks with a model. */
@Command(
    name = "chat",
    description = "Talks with a model, turn by turn; /help there lists what can be typed.",
    sortOptions = false,
    abbreviateSynopsis = true)
final class ChatCommand implements Runnable {
  private static final long SEED_BOUND = 1L << 32;

  private final Console console;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions model;
  @ArgGroup private SystemPrompt systemPrompt = new SystemPrompt();

  @Option(
      names = {"-n", "--predict", "--n-predict"},
      paramLabel = "N",
      defaultValue = "-1",
      description =
          "most tokens of an answer; -1: until the model ends it (default: ${DEFAULT-VALUE})")
  private int predict;

  @Option(
      names = {"-sp", "--special"},
      description = "print special tokens too")
  private boolean special;

  @Mixin private ChatTemplateOptions templateOptions;

  @ArgGroup(validate = false, heading = "%nSampling%n")
  private SamplingFlags sampling = new SamplingFlags();

  @ArgGroup(validate = false, heading = "%nContext and computation%n")
  private EngineOptions engineOptions = new EngineOptions();

  private static final class SystemPrompt {
    @Option(
        names = {"-sys", "--system-prompt"},
        paramLabel = "TEXT",
        description = "what the model is told before the first message")
    private String text;

    @Option(
        names = {"-sysf", "--system-prompt-file"},
        paramLabel = "FILE",
        description = "file with that")
    private Path file;

    private String read() {
      return file == null ? text : TextInput.readFile(file);
    }
  }

  ChatCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    check();
    String system = systemPrompt.read();
    try (Engine engine = Engine.start(console, model, engineOptions);
        ChatInput input = input()) {
      SamplingOptions options = sampling(engine.session());
      Conversation conversation =
          new Conversation(
              engine.session(),
              templateOptions.template(console, engine.model().metadata()),
              system,
              options);
      new ChatLoop(console, input, conversation, engine.model().tokenizer(), predict, special)
          .run();
    }
  }

  private void check() {
    try {
      engineOptions.check();
      sampling.check();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  /** With a seed. */
  private SamplingOptions sampling(Session session) {
    SamplingOptions options = ModelSamplers.options(console, session, sampling, true);
    ModelSamplers.create(options, session); // refuses what does not fit the model
    return options.seed() != null
        ? options
        : options.withSeed(ThreadLocalRandom.current().nextLong(SEED_BOUND));
  }

  private ChatInput input() {
    if (!Terminals.isTerminal(Terminals.STDIN) || !Terminals.isTerminal(Terminals.STDOUT)) {
      return new PipedInput(console);
    }
    Path history =
        LineEditor.historyFile(
            console, System.getenv("XDG_STATE_HOME"), Path.of(System.getProperty("user.home")));
    return new LineEditor(console, history, ChatLoop.COMMANDS);
  }
}
