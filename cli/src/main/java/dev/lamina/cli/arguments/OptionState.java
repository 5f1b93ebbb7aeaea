package dev.lamina.cli.arguments;

/** The treatment of a llama.cpp option that a command does not have itself. */
public enum OptionState {
  /** The command line handles it itself. */
  WORKS("works"),
  /** Accepted, without effect. */
  NO_EFFECT("no effect"),
  /** Accepted without effect for now, with a note to the user. */
  IGNORED("ignored"),
  /** Refused, because another command does it. */
  ELSEWHERE("elsewhere"),
  /** Refused until it is implemented. */
  NOT_YET("not yet");

  private final String text;

  OptionState(String text) {
    this.text = text;
  }

  /** The spelling in the table and in the documentation. */
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
