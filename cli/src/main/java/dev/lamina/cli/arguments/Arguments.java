package dev.lamina.cli.arguments;

import java.util.List;
import java.util.Map;

/**
 * A command line in the form for picocli.
 *
 * @param words options with their values attached, each once unless it may be repeated, then the
 *     rest
 * @param own options that the command line handles itself, by their first name, with their values;
 *     empty for a flag
 * @param remarks messages for {@code -v}: options without effect
 * @param warnings messages that are always shown
 * @param variables environment variables that gave options, as {@code NAME=VALUE}
 */
public record Arguments(
    List<String> words,
    Map<String, String> own,
    List<String> remarks,
    List<String> warnings,
    List<String> variables) {
  /** Separates options from other words; no user can type this word. */
  public static final String END_OF_OPTIONS = "\0--";
}
