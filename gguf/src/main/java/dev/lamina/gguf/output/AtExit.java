package dev.lamina.gguf.output;

/**
 * Runs an action if the JVM ends before this object is closed, for example by Ctrl-C or SIGTERM.
 * The action runs in its own thread while other threads continue.
 */
final class AtExit implements AutoCloseable {
  private final Thread hook;

  /**
   * @throws OutputException if the JVM is ending already
   */
  AtExit(Runnable action) throws OutputException {
    hook = new Thread(action, "lamina-cleanup");
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      throw ending();
    }
  }

  static OutputException ending() {
    return new OutputException("nothing more is written, the program is ending");
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending: the action has run or is running.
      return;
    }
  }
}
