package dev.lamina.cli;

/** Exit codes of the process. On Ctrl-C the JVM ends it with 130. */
final class ExitCodes {
  static final int OK = 0;
  static final int ERROR = 1;
  static final int USAGE = 2;

  /** Standard output was closed; the code of a process that SIGPIPE ended. */
  static final int BROKEN_PIPE = 141;

  private ExitCodes() {}
}
