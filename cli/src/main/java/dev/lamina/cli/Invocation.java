package dev.lamina.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The execution of a command. It turns exceptions into one line and an exit code.
 *
 * @param errors where that line goes
 * @param debug whether an error shows its stack trace too
 * @param variables environment variables that gave options
 */
record Invocation(Console console, PrintStream errors, boolean debug, List<String> variables) {

  int execute(CommandLine root, String... args) {
    root.setParameterExceptionHandler((e, _) -> usage(errors, e.getCommandLine(), usageMessage(e)));
    root.setExecutionExceptionHandler((e, _, parsed) -> report(e, debug || isVerbose(parsed)));
    // Output of picocli, such as help. It is written here, because picocli would print a stack
    // trace on failure.
    StringWriter written = new StringWriter();
    root.setOut(new PrintWriter(written));
    int code = ExitCodes.OK;
    try {
      code = root.execute(args);
      console.out().print(written);
      console.out().flush();
      return code;
    } catch (OutputClosedException e) {
      // The command has reported this itself, and its unwritten output is still in the buffer.
      return code != ExitCodes.OK ? code : report(e, debug);
    } catch (Error e) { // picocli rethrows errors
      return report(e, debug || isVerbose(root.getParseResult()));
    }
  }

  /** Prints lines as the result; returns the exit code. */
  int print(String... lines) {
    try {
      for (String line : lines) {
        console.line(line);
      }
      console.out().flush();
      return ExitCodes.OK;
    } catch (OutputClosedException e) {
      return report(e, debug);
    }
  }

  /** Reports an error in a command line. */
  static int usage(PrintStream errors, CommandLine command, String message) {
    String name = command.getCommandSpec().qualifiedName();
    errors.println("error: " + SafeText.oneLine(message) + " (see " + name + " --help)");
    return ExitCodes.USAGE;
  }

  private String usageMessage(ParameterException e) {
    StringBuilder message = new StringBuilder(e.getMessage().replaceFirst("^Error: ", ""));
    if (e instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      message.append("; did you mean ").append(unmatched.getSuggestions().getFirst()).append('?');
    }
    if (!variables.isEmpty()) {
      message.append("; set in the environment: ").append(String.join(", ", variables));
    }
    return message.toString();
  }

  private static boolean isVerbose(CommandLine.ParseResult parsed) {
    CommandLine.ParseResult leaf = parsed;
    while (leaf != null && leaf.hasSubcommand()) {
      leaf = leaf.subcommand();
    }
    return leaf != null && leaf.matchedOptionValue("--verbose", false);
  }

  /** Reports an error in one line, and returns the exit code. */
  private int report(Throwable e, boolean trace) {
    if (e instanceof OutputClosedException closed && closed.isBrokenPipe()) {
      return ExitCodes.BROKEN_PIPE;
    }
    errors.println("error: " + SafeText.oneLine(Errors.message(e)));
    if (trace) {
      e.printStackTrace(errors);
    }
    return ExitCodes.ERROR;
  }
}
