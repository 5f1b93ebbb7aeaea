package dev.lamina.cli;

import dev.lamina.runtime.Backends;
import java.util.List;
import java.util.Locale;

/** The command line's entry point. */
public final class Lamina {
  /** Commands that open a model on devices as soon as their options are read. */
  private static final List<String> GENERATE = List.of("run", "chat");

  private Lamina() {}

  public static void main(String[] args) {
    // Numbers have the same format everywhere, in the output and in the options.
    Locale.setDefault(Locale.ROOT);
    Console console = Console.system();
    boolean debug = System.getenv("LAMINA_DEBUG") != null;
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> {
      console.err().println("error: " + SafeText.oneLine(Errors.message(e)));
      if (debug) {
        e.printStackTrace(console.err());
      }
    });
    prepare(args.length == 0 ? "" : args[0]);
    int code = CommandLines.run(console, debug, System.getenv(), args);
    if (code != ExitCodes.OK || !CommandLines.asksForVersion(args)) {
      // Not a return: a worker thread must not keep a finished program alive.
      System.exit(code);
    } // For the version alone it is one, since an exit takes 8 ms.
  }

  /** Gets ready what a command needs; beside the reading of the options if it opens a model. */
  static void prepare(String command) {
    if (GENERATE.contains(command)) {
      Backends.prepare();
    }
  }
}
