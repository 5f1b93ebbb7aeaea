package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The rule for every command line, however strange its content and surroundings: it ends soon, with
 * success or with one line that says what is wrong. With {@code -Dlamina.torture=true} tests try
 * many more ({@code tools/torture.sh}) and print how many.
 */
final class Hostile {
  static final boolean LONG = Boolean.getBoolean("lamina.torture");

  /** No silent minute. */
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Map<String, Tally> TALLIES = new TreeMap<>();

  /** Counts of the variants of a kind. */
  private static final class Tally {
    private int tried;
    private int refused;
    private long nanos;
    private long longestNanos;
    private String longest = "";
  }

  private Hostile() {}

  /** The number of variants to try. */
  static int count(int few, int many) {
    return LONG ? many : few;
  }

  /** Runs a command line within the test, and checks how it ends. */
  static Cli.Outcome check(String kind, List<String> arguments) {
    String line = String.join(" ", arguments);
    long start = System.nanoTime();
    Cli.Outcome outcome =
        assertTimeoutPreemptively(
            LIMIT, () -> Cli.runWithInput("hi\n", arguments.toArray(String[]::new)), line);
    checkEnd(kind, line, outcome.code(), outcome.err(), System.nanoTime() - start);
    return outcome;
  }

  /** Checks how a command line has ended, and counts it. */
  static void checkEnd(String kind, String line, int code, String err, long nanos) {
    String all = kind + ": " + line + "\nexit " + code + "\n" + err;
    assertTrue(code >= 0 && code <= 2, all);
    List<String> errors = err.lines().filter(l -> l.startsWith("error:")).toList();
    // A chat continues after a message that could not be answered, and reports it at its end.
    boolean chat = line.contains("chat ");
    assertTrue(code == 0 || !errors.isEmpty(), all);
    assertTrue(errors.size() <= (chat ? 2 : 1), all);
    assertTrue(!err.contains("error: unexpected "), all);
    assertTrue(err.lines().noneMatch(l -> l.startsWith("\tat ")), all);
    assertTrue(!err.contains("Exception"), all);
    assertTrue(errors.stream().noneMatch(l -> l.matches("error: (null)?")), all);
    count(kind, line, code, nanos);
  }

  private static void count(String kind, String line, int code, long nanos) {
    Tally tally = TALLIES.computeIfAbsent(kind, _ -> new Tally());
    tally.tried++;
    tally.nanos += nanos;
    if (code != 0) {
      tally.refused++;
    }
    if (nanos > tally.longestNanos) {
      tally.longestNanos = nanos;
      tally.longest = line;
    }
  }

  /**
   * Checks that a failed command has left no output, and removes the output of a successful one.
   *
   * @param kept names in the folder that were there before
   */
  static void checkLeft(Path folder, List<String> kept, List<String> arguments, Cli.Outcome outcome)
      throws IOException {
    for (Path file : files(folder)) {
      if (kept.contains(file.getFileName().toString())) {
        continue;
      }
      assertTrue(
          outcome.code() == 0,
          file + " is left by " + String.join(" ", arguments) + "\n" + outcome.err());
      delete(file);
    }
  }

  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  static void delete(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      for (Path inner : files(file)) {
        delete(inner);
      }
    }
    Files.delete(file);
  }

  /** Prints how many variants of each kind were tried since the last report, in the long form. */
  static void report() {
    List<String> lines = new ArrayList<>();
    TALLIES.forEach((kind, tally) ->
        lines.add(
            "torture: %6d variants, %6d of them refused, in %5.1f s, the longest %4.1f s: %s (%s)"
                .formatted(
                    tally.tried,
                    tally.refused,
                    tally.nanos / 1e9,
                    tally.longestNanos / 1e9,
                    kind,
                    tally.longest.length() > 80
                        ? tally.longest.substring(0, 80) + " ..."
                        : tally.longest)));
    TALLIES.clear();
    if (LONG) {
      lines.forEach(line -> System.out.println(SafeText.oneLine(line)));
    }
  }
}
