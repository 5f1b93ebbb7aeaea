package dev.lamina.cli;

import java.lang.reflect.InvocationTargetException;
import java.util.Locale;

/** The command line's entry point. */
public final class Lamina {
  private static final String VECTOR_MODULE = "jdk.incubator.vector";

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
    int code;
    if (loadVectorModule()) {
      code = CommandLines.run(console, debug, System.getenv(), args);
    } else {
      console
          .err()
          .println("error: this Java needs LAMINA_JAVA_OPTS='--add-modules jdk.incubator.vector'");
      code = ExitCodes.ERROR;
    }
    // Not a return: a worker thread must not keep a finished program alive.
    System.exit(code);
  }

  /**
   * Loads the Vector API, as {@code --add-modules} would, but without the warning that option
   * prints at every start. The manifest exports the package that this needs.
   *
   * @return false if this Java does it differently
   */
  private static boolean loadVectorModule() {
    if (ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()) {
      return true;
    }
    try {
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, VECTOR_MODULE);
      return true;
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException e) {
      return false;
    }
  }
}
