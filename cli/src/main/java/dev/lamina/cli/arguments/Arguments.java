package dev.lamina.cli.arguments;

import java.util.List;
import java.util.Map;

/**
 * A command line as picocli takes it.
 *
 * @param words options with their values attached, each once unless it may be repeated, then the
 *     rest
 * @param own options that the command line itself sees to, by their first name, with their values;
 *     empty for a flag
 * @param remarks what to tell with {@code -v}: options without effect
 * @param warnings what to tell in any case
 * @param variables environment variables that gave options, as {@code NAME=VALUE}
 */
public record Arguments(
    List<String> words,
    Map<String, String> own,
    List<String> remarks,
    List<String> warnings,
    List<String> variables) {
  /** Begins the words that are no options; no word of a user can be this one. */
  public static final String END_OF_OPTIONS = "\0--";
}
