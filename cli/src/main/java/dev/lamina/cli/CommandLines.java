package dev.lamina.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** Puts the commands together and turns what they throw into one line and an exit code. */
final class CommandLines {
  private CommandLines() {}

  /** The subcommands by name: a new command is one class and one line here. */
  private static Map<String, Supplier<Runnable>> commands(Console console) {
    Map<String, Supplier<Runnable>> commands = new LinkedHashMap<>();
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
   * The command line of all commands, or of the one that the arguments begin with: to read the
   * options of all takes longer than to start Java.
   */
  static CommandLine create(Console console, String... args) {
    CommandLine root = new CommandLine(new LaminaCommand());
    Map<String, Supplier<Runnable>> commands = commands(console);
    if (args.length > 0 && commands.containsKey(args[0])) {
      root.addSubcommand(commands.get(args[0]).get());
    } else if (args.length == 0 || !args[0].equals("--version")) {
      commands.values().forEach(command -> root.addSubcommand(command.get()));
    }
    addGeneralOptions(root.getCommandSpec());
    // Arguments are taken as they are: no @file, no -abc for -a -b -c; the last of two equals wins.
    root.setExpandAtFiles(false);
    root.setPosixClusteredShortOptionsAllowed(false);
    root.setOverwrittenOptionsAllowed(true);
    root.setUsageHelpAutoWidth(true);
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setOut(new PrintWriter(console.out(), false, StandardCharsets.UTF_8));
    root.setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    return root;
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
            .description("show where an error came from")
            .type(boolean.class)
            .scopeType(ScopeType.INHERIT)
            .build());
    root.addOption(
        OptionSpec.builder("--version")
            .description("show the version")
            .type(boolean.class)
            .versionHelp(true)
            .build());
  }

  /**
   * Runs a command line.
   *
   * @param debug whether an error shows its stack trace too
   * @return the exit code
   */
  static int run(Console console, boolean debug, String... arguments) {
    String[] args = withHelpLast(arguments);
    CommandLine root = create(console, args);
    root.setParameterExceptionHandler((e, _) -> {
      console.err().println("error: " + usageMessage(e));
      return ExitCodes.USAGE;
    });
    root.setExecutionExceptionHandler(
        (e, _, parsed) -> report(console, e, debug || isVerbose(parsed)));
    try {
      int code = root.execute(args);
      root.getOut().flush();
      console.out().flush();
      return code;
    } catch (OutputClosedException e) {
      return report(console, e, debug);
    }
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

  private static boolean isVerbose(CommandLine.ParseResult parsed) {
    CommandLine.ParseResult leaf = parsed;
    while (leaf.hasSubcommand()) {
      leaf = leaf.subcommand();
    }
    return leaf.matchedOptionValue("--verbose", false);
  }

  private static String usageMessage(ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    StringBuilder message =
        new StringBuilder(SafeText.oneLine(e.getMessage()).replaceFirst("^Error: ", ""));
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        message.append("; did you mean ").append(suggestions.getFirst()).append('?');
      }
    }
    return message.append(" (see ").append(command).append(" --help)").toString();
  }

  private static int report(Console console, Exception e, boolean debug) {
    if (e instanceof OutputClosedException closed && closed.isBrokenPipe()) {
      return ExitCodes.BROKEN_PIPE;
    }
    console.err().println("error: " + SafeText.oneLine(Errors.message(e)));
    if (debug) {
      e.printStackTrace(console.err());
    }
    return ExitCodes.ERROR;
  }
}
