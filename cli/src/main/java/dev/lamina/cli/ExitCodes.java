package dev.lamina.cli;

/** What the process tells its caller. A Ctrl-C ends it with 130, by way of the JVM. */
final class ExitCodes {
  static final int OK = 0;
  static final int ERROR = 1;
  static final int USAGE = 2;

  /** As of a process that SIGPIPE ended. */
  static final int BROKEN_PIPE = 141;

  private ExitCodes() {}
}
