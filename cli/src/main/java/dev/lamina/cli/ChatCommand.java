package dev.lamina.cli;

import dev.lamina.chat.Conversation;
import dev.lamina.chat.ModelTemplates;
import dev.lamina.chat.ReplyText;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.schedule.Scheduler;
import dev.lamina.gguf.output.PendingFiles;
import dev.lamina.runtime.OpenModel;
import dev.lamina.text.template.ChatFormat;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Talks with a model. */
final class ChatCommand implements Command {
  private final Console console;
  private CommandSpec spec;
  private ModelOptions model = new ModelOptions();
  private ChatTextOptions texts = new ChatTextOptions();
  private int predict;
  private boolean conversation;
  private boolean noConversation;
  private boolean singleTurn;
  private boolean multiline;
  private Path saved;
  private OnOffAuto color;
  private boolean special;
  private GenerationFlags generation = new GenerationFlags();
  private ChatTemplateOptions templateOptions = new ChatTemplateOptions();
  private final ReasoningFlags reasoning = new ReasoningFlags();
  private final SamplingFlags sampling = new SamplingFlags();
  private final EngineOptions engineOptions = new EngineOptions();

  @Override
  public void declare(Options options) {
    spec = options.command();
    options.describe("Talks with a model, turn by turn; /help there lists what can be typed.");
    options.addAll(model);
    options.addAll(texts);
    options.add(
        OptionSpec.builder("-n", "--predict", "--n-predict")
            .paramLabel("N")
            .defaultValue("-1")
            .description(
                "most tokens of an answer; -1: until the model ends it (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> predict = value);
    options.add(
        OptionSpec.builder("-cnv", "--conversation")
            .hidden(true)
            .description("what chat does anyway"),
        boolean.class,
        value -> conversation = value);
    options.add(
        OptionSpec.builder("-no-cnv", "--no-conversation")
            .hidden(true)
            .description("what run does"),
        boolean.class,
        value -> noConversation = value);
    options.add(
        OptionSpec.builder("-st", "--single-turn")
            .description("one message and its answer, then the end"),
        boolean.class,
        value -> singleTurn = value);
    options.add(
        OptionSpec.builder("-mli", "--multiline-input")
            .description("a message may have several lines; one that ends in \\ ends it"),
        boolean.class,
        value -> multiline = value);
    options.add(
        OptionSpec.builder("--load")
            .paramLabel("FILE")
            .description(
                "go on with a conversation that /save has written, with its state if it is there"),
        Path.class,
        value -> saved = value);
    options.add(
        OptionSpec.builder("-co", "--color")
            .paramLabel("on|off|auto")
            .arity("0..1")
            .defaultValue("auto")
            .fallbackValue("on")
            .converters(new OnOffAuto.Converter())
            .description("dim thoughts and color the prompt (default: on a terminal)"),
        OnOffAuto.class,
        value -> color = value);
    options.add(
        OptionSpec.builder("-sp", "--special").description("print special tokens too"),
        boolean.class,
        value -> special = value);
    options.addAll(generation);
    options.addAll(templateOptions);
    options.group("%nThinking%n", reasoning);
    options.group("%nSampling%n", sampling);
    options.group("%nContext and computation%n", engineOptions);
  }

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
