package dev.lamina.cli.arguments;

import java.util.List;

/**
 * An option that was given.
 *
 * @param given the name it was given by: as typed, or that of an environment variable
 * @param values of the option; fewer than it needs if the command line ends before
 */
record Use(String given, KnownOptions.Match option, List<String> values) {}
