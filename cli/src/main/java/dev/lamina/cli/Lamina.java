package dev.lamina.cli;

import dev.lamina.runtime.Backends;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Locale;

/** The command line's entry point. */
public final class Lamina {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  /** Commands that open a model on devices as soon as their options are read. */
  private static final List<String> GENERATE = List.of("run", "chat");

  private static final List<String> WITHOUT_DEVICES =
      List.of("tokenize", "inspect", "split", "merge", "completion", "help");

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
      Backends.prepare(Lamina::loadVectorModule);
    } else if (!command.startsWith("-") && !WITHOUT_DEVICES.contains(command)) {
      loadVectorModule();
    }
  }

  /**
   * Loads the Vector API, as {@code --add-modules} would, but without the warning that option
   * prints at every start. The manifest exports the package that this needs.
   *
   * @throws CliException if this Java does it differently
   */
  private static void loadVectorModule() {
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()) {
      return;
    }
    try {
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, VECTOR_MODULE);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException e) {
      throw new CliException(
          "this Java needs LAMINA_JAVA_OPTS='--add-modules jdk.incubator.vector'", e);
    }
  }
}
