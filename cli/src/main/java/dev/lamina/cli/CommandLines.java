package dev.lamina.cli;

import dev.lamina.cli.arguments.ArgumentException;
import dev.lamina.cli.arguments.ArgumentReader;
import dev.lamina.cli.arguments.Arguments;
import dev.lamina.cli.arguments.LlamaOptions;
import dev.lamina.cli.arguments.Options;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;

/** Assembles the commands, and parses and runs command lines. */
final class CommandLines {
  /** Options that stand for a command. */
  private static final Map<String, String> INSTEAD =
      Map.of("--list-devices", "devices", "--completion-bash", "completion");

  static final List<String> VERBOSE = List.of("-v", "--verbose");

  private static final String VERSION = "--version";

  private CommandLines() {}

  /** The subcommands by name: a new command is one class and one line here. */
  private static Map<String, Supplier<Command>> commands(Console console) {
    Map<String, Supplier<Command>> commands = new LinkedHashMap<>();
    commands.put("run", () -> new RunCommand(console));
    commands.put("chat", () -> new ChatCommand(console));
    commands.put("tokenize", () -> new TokenizeCommand(console));
    commands.put("inspect", () -> new InspectCommand(console));
    commands.put("quantize", () -> new QuantizeCommand(console));
    commands.put("split", () -> new SplitCommand(console));
    commands.put("merge", () -> new MergeCommand(console));
    commands.put("imatrix", () -> new ImatrixCommand(console));
    commands.put("perplexity", () -> new PerplexityCommand(console));
    commands.put("quality", () -> new QualityCommand(console));
    commands.put("choose", () -> new ChooseCommand(console));
    commands.put("card", () -> new CardCommand(console));
    commands.put("bench", () -> new BenchCommand(console));
    commands.put("plan", () -> new PlanCommand(console));
    commands.put("devices", () -> new DevicesCommand(console));
    commands.put("doctor", () -> new DoctorCommand(console));
    commands.put("completion", () -> new CompletionCommand(console));
    commands.put("warm-up", WarmUpCommand::new);
    return commands;
  }

  /**
   * The command line of all commands, or only of the one that the arguments begin with: reading the
   * options of all commands takes longer than starting Java.
   */
  static CommandLine create(Console console, String... args) {
    CommandLine root = new CommandLine(spec("lamina", new LaminaCommand()));
    Map<String, Supplier<Command>> commands = commands(console);
    if (args.length > 0 && commands.containsKey(args[0])) {
      root.addSubcommand(args[0], spec(args[0], commands.get(args[0]).get()));
    } else {
      commands.forEach((name, command) -> root.addSubcommand(name, spec(name, command.get())));
    }
    addGeneralOptions(root.getCommandSpec());
    root.getSubcommands().forEach(CommandLines::complete);
    // Take arguments literally: no @file, no -abc for -a -b -c.
    root.setExpandAtFiles(false);
    root.setAllowOptionsAsOptionParameters(true);
    root.setEndOfOptionsDelimiter(Arguments.END_OF_OPTIONS);
    root.registerConverter(Path.class, FileNames::path);
    root.setPosixClusteredShortOptionsAllowed(false);
    root.setOverwrittenOptionsAllowed(true);
    // To find the width, picocli starts a process.
    root.setUsageHelpAutoWidth(Terminals.isTerminal(Terminals.STDOUT));
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    return root;
  }

  private static CommandSpec spec(String name, Command command) {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(command).name(name);
    spec.usageMessage().sortOptions(false).abbreviateSynopsis(true);
    command.declare(new Options(spec));
    return spec;
  }

  private static void complete(String name, CommandLine command) {
    command.getCommandSpec().versionProvider(new BuildVersion());
    if (LlamaOptions.has(name)) {
      command
          .getCommandSpec()
          .usageMessage()
          .footer(
              "",
              "llama.cpp's other options are known too; docs/options.md tells what becomes of"
                  + " each.");
    }
  }

  private static void addGeneralOptions(CommandSpec root) {
    root.addOption(
        OptionSpec.builder("-h", "--help")
            .description("show this help")
            .type(boolean.class)
            .usageHelp(true)
            .scopeType(ScopeType.INHERIT)
            .build());
    root.addOption(
        OptionSpec.builder("-v", "--verbose")
            .description("tell more: options without effect, and where an error came from")
            .type(boolean.class)
            .scopeType(ScopeType.INHERIT)
            .build());
    root.addOption(
        OptionSpec.builder(VERSION)
            .description("show the version")
            .type(boolean.class)
            .versionHelp(true)
            .scopeType(ScopeType.INHERIT)
            .build());
  }

  /** Runs a command line without environment variables. */
  static int run(Console console, boolean debug, String... arguments) {
    return run(console, debug, Map.of(), arguments);
  }

  /**
   * Runs a command line.
   *
   * @param debug whether an error shows its stack trace too
   * @param environment variables, of which {@code LLAMA_ARG_...} are defaults of options
   * @return the exit code
   */
  static int run(
      Console console, boolean debug, Map<String, String> environment, String... arguments) {
    if (asksForVersion(arguments)) {
      // Without reading any options, which takes longer than starting Java.
      return new Invocation(console, console.err(), debug, List.of()).print(BuildVersion.lines());
    }
    String[] args = withHelpLast(arguments);
    CommandLine root = create(console, args);
    int at = commandAt(root, args);
    if (at < 0) {
      if (args.length > 0 && isOptionOfRun(root, args[0])) {
        return INSTEAD.containsKey(args[0])
            ? run(console, debug, INSTEAD.get(args[0]))
            : Invocation.usage(
                console.err(),
                root,
                "a command is missing before %s; `lamina run` continues a text, `lamina chat` talks"
                    .formatted(args[0]));
      }
      return new Invocation(console, console.err(), debug, List.of()).execute(root, args);
    }
    CommandLine command = root.getSubcommands().get(args[at]);
    List<String> words = Arrays.asList(args);
    try {
      Arguments read =
          new ArgumentReader(command.getCommandSpec(), LlamaOptions.of(args[at]), environment)
              .read(words.subList(at + 1, args.length));
      List<String> line = new ArrayList<>(words.subList(0, at + 1));
      if (Log.isVerbose(read)) {
        line.add(VERBOSE.getLast());
      }
      line.addAll(read.words());
      return run(console, root, command.getCommandSpec(), debug, line, read);
    } catch (ArgumentException e) {
      return Invocation.usage(console.err(), command, e.getMessage());
    } catch (CliException e) {
      console.err().println("error: " + SafeText.oneLine(e.getMessage()));
      return ExitCodes.ERROR;
    }
  }

  private static int run(
      Console console,
      CommandLine root,
      CommandSpec command,
      boolean debug,
      List<String> line,
      Arguments read) {
    for (String option : read.own().keySet()) {
      if (INSTEAD.containsKey(option)) {
        return run(console, debug, INSTEAD.get(option));
      }
    }
    try (Log log = Log.open(console, read, command)) {
      String[] args = line.toArray(String[]::new);
      Invocation invocation = new Invocation(log.console(), log.errors(), debug, read.variables());
      log.tell(read, line.stream().anyMatch(VERBOSE::contains));
      // The commands use the console that they were made with.
      return invocation.execute(
          log.console().err().equals(console.err()) ? root : create(log.console(), args), args);
    }
  }

  static boolean asksForVersion(String... arguments) {
    return arguments.length == 1 && arguments[0].equals(VERSION);
  }

  /** Whether a line begins with an option of run, as one of llama.cpp's does. */
  private static boolean isOptionOfRun(CommandLine root, String word) {
    return word.startsWith("-")
        && !root.getCommandSpec().optionsMap().containsKey(word)
        && LlamaOptions.of("run").find(ArgumentReader.normal(word).replaceFirst("=.*", "")) != null;
  }

  /**
   * Index of the command's name, or -1 if there is none. Options for all commands may come before
   * it.
   */
  private static int commandAt(CommandLine root, String[] args) {
    int at = 0;
    while (at < args.length && VERBOSE.contains(args[at])) {
      at++;
    }
    if (at < args.length && root.getSubcommands().containsKey(args[at])) {
      return at;
    }
    return -1;
  }

  /** {@code help run} means {@code run --help}. */
  private static String[] withHelpLast(String[] args) {
    if (args.length == 0 || !args[0].equals("help")) {
      return args;
    }
    String[] result = Arrays.copyOfRange(args, 1, args.length + 1);
    result[args.length - 1] = "--help";
    return result;
  }
}
