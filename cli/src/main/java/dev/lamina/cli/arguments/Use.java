package dev.lamina.cli.arguments;

import java.util.List;

/**
 * An occurrence of an option.
 *
 * @param given the typed name, or the name of an environment variable
 * @param values of the option; too few if the command line ends early
 */
record Use(String given, KnownOptions.Match option, List<String> values) {}
