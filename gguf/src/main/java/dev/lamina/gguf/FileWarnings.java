package dev.lamina.gguf;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Oddities of a model file that do not keep it from running. Readers of the file add lines, each
 * once.
 */
public final class FileWarnings {
  /** Far more than anyone reads; bounds what a hostile file can make of it. */
  private static final int MAX = 1000;

  private final Set<String> lines = new LinkedHashSet<>();
  private int told;

  /**
   * @param line fit for a terminal, with the file's name
   */
  public synchronized void add(String line) {
    if (lines.size() < MAX) {
      lines.add(line);
    }
  }

  /** All of them, in the order in which they were found. */
  public synchronized List<String> all() {
    return List.copyOf(lines);
  }

  /** The warnings that no call has returned yet. */
  public synchronized List<String> takeNew() {
    List<String> result = new ArrayList<>(lines).subList(told, lines.size());
    told = lines.size();
    return List.copyOf(result);
  }
}
