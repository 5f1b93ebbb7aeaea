package dev.lamina.cli.arguments;

/** What becomes of an option of llama.cpp that a command does not have itself. */
public enum OptionState {
  /** The command line itself sees to it. */
  WORKS("works"),
  /** Taken, and changes nothing. */
  NO_EFFECT("no effect"),
  /** Taken though it should do something some day, of which the user is told. */
  IGNORED("ignored"),
  /** Refused, since another command does it. */
  ELSEWHERE("elsewhere"),
  /** Refused until it is there. */
  NOT_YET("not yet");

  private final String text;

  OptionState(String text) {
    this.text = text;
  }

  /** As the table and the documentation spell it. */
  public String text() {
    return text;
  }

  static OptionState of(String text) {
    for (OptionState state : values()) {
      if (state.text.equals(text)) {
        return state;
      }
    }
    throw new IllegalArgumentException("no state '" + text + "'");
  }
}
