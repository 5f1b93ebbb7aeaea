package dev.lamina.cli;

import dev.lamina.chat.Conversation;
import dev.lamina.chat.ModelTemplates;
import dev.lamina.chat.ReplyText;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.schedule.Scheduler;
import dev.lamina.gguf.output.PendingFiles;
import dev.lamina.runtime.OpenModel;
import dev.lamina.text.template.ChatFormat;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
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
  private final Console console;
  @Spec private CommandSpec spec;
  @Mixin private ModelOptions model;
  @Mixin private ChatTextOptions texts;

  @Option(
      names = {"-n", "--predict", "--n-predict"},
      paramLabel = "N",
      defaultValue = "-1",
      description =
          "most tokens of an answer; -1: until the model ends it (default: ${DEFAULT-VALUE})")
  private int predict;

  @Option(
      names = {"-cnv", "--conversation"},
      hidden = true,
      description = "what chat does anyway")
  private boolean conversation;

  @Option(
      names = {"-no-cnv", "--no-conversation"},
      hidden = true,
      description = "what run does")
  private boolean noConversation;

  @Option(
      names = {"-st", "--single-turn"},
      description = "one message and its answer, then the end")
  private boolean singleTurn;

  @Option(
      names = {"-mli", "--multiline-input"},
      description = "a message may have several lines; one that ends in \\ ends it")
  private boolean multiline;

  @Option(
      names = "--load",
      paramLabel = "FILE",
      description =
          "go on with a conversation that /save has written, with its state if it is there")
  private Path saved;

  @Option(
      names = {"-co", "--color"},
      paramLabel = "on|off|auto",
      arity = "0..1",
      defaultValue = "auto",
      fallbackValue = "on",
      converter = OnOffAuto.Converter.class,
      description = "dim thoughts and color the prompt (default: on a terminal)")
  private OnOffAuto color;

  @Option(
      names = {"-sp", "--special"},
      description = "print special tokens too")
  private boolean special;

  @Mixin private GenerationFlags generation;
  @Mixin private ChatTemplateOptions templateOptions;

  @ArgGroup(validate = false, heading = "%nThinking%n")
  private ReasoningFlags reasoning = new ReasoningFlags();

  @ArgGroup(validate = false, heading = "%nSampling%n")
  private SamplingFlags sampling = new SamplingFlags();

  @ArgGroup(validate = false, heading = "%nContext and computation%n")
  private EngineOptions engineOptions = new EngineOptions();

  ChatCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    Map<String, Object> variables = check();
    String system = texts.system();
    String first = texts.firstMessage();
    boolean terminal = Terminals.isTerminal(Terminals.STDOUT);
    boolean colored =
        color == OnOffAuto.ON
            || color == OnOffAuto.AUTO && terminal && System.getenv("NO_COLOR") == null;
    ChatLoop.View view = new ChatLoop.View(terminal, colored, multiline);
    int failures;
    boolean person = terminal && Terminals.isTerminal(Terminals.STDIN);
    try (ChatInput input = input(person, colored);
        OpenModel engine = ModelStart.start(console, model, engineOptions);
        Scheduler scheduler = new Scheduler(engine.loaded())) {
      Conversation conversation =
          new Conversation(
              scheduler,
              format(engine.model(), variables),
              sampling(scheduler),
              reasoning.options());
      conversation.setSystem(system);
      ChatLoop loop = new ChatLoop(console, input, conversation, rules(scheduler), view);
      if (saved != null) {
        loop.load(saved);
      }
      failures = loop.run(first, singleTurn);
    }
    if (failures > 0 && (!person || singleTurn)) {
      throw new CliException(
          "not everything was done: " + failures + (failures == 1 ? " failure" : " failures"));
    }
  }

  /** Checks the options before the model is loaded, and returns the variables of the template. */
  private Map<String, Object> check() {
    try {
      if (noConversation && !conversation) {
        throw new IllegalArgumentException("-no-cnv is what lamina run does; chat is for talking");
      }
      engineOptions.check();
      sampling.check();
      reasoning.options();
      Map<String, Object> variables = new LinkedHashMap<>(reasoning.variables());
      variables.putAll(templateOptions.variables());
      return variables;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), Errors.refusal(e));
    }
  }

  private SamplingOptions sampling(Scheduler scheduler) {
    Model loaded = scheduler.model();
    SamplingOptions options = ModelSamplers.options(console, loaded, sampling, texts.escape());
    ModelSamplers.create(
        options, loaded, scheduler.contextLength()); // checks options against the model
    return options;
  }

  private ChatLoop.Rules rules(Scheduler scheduler) {
    return new ChatLoop.Rules(
        generation.options(predict, Integer.MAX_VALUE, 1),
        new ReplyText(special, generation.stops(texts.escape())),
        scheduler.contextLength(),
        file -> PendingFiles.check(file, OutputFiles.inputs(spec, saved)));
  }

  private ChatFormat format(Model loaded, Map<String, Object> more) {
    return ModelTemplates.format(
        loaded, templateOptions.template(console, loaded.metadata()), more);
  }

  private ChatInput input(boolean person, boolean colored) {
    return person ? new EarlyInput(() -> editor(colored)) : new PipedInput(console, multiline);
  }

  private ChatInput editor(boolean colored) {
    Path history =
        LineEditor.historyFile(
            console, System.getenv("XDG_STATE_HOME"), Path.of(System.getProperty("user.home")));
    return new LineEditor(console, history, multiline, colored);
  }
}
