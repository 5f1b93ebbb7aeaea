package dev.lamina.engine.backend;

import java.util.List;

/**
 * Whether a backend works on this machine.
 *
 * @param usable whether it does
 * @param reason one line: what was found, or why it is not usable
 * @param problems why drivers that are installed offer no device, one line each
 */
public record Availability(boolean usable, String reason, List<String> problems) {
  public Availability {
    problems = List.copyOf(problems);
  }

  /** A result without problems of single drivers. */
  public Availability(boolean usable, String reason) {
    this(usable, reason, List.of());
  }
}
