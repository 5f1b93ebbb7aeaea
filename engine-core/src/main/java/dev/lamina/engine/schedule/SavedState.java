package dev.lamina.engine.schedule;

import java.nio.file.Path;

/**
 * A state that was loaded from a file.
 *
 * @param tokens that it holds
 * @param restored how many of them, from the first on, are in memory now with their keys and
 *     values: fewer than all if the memory is too small, none if {@code fits} is false or a device
 *     has failed
 * @param fits whether its keys and values have the layout that the model has now: the same layers
 *     on the same kinds of devices, and the same types of the cache
 */
public record SavedState(int[] tokens, int restored, boolean fits) {
  /** Whether a file begins as saved states do. */
  public static boolean isIn(Path file) {
    return StateReader.isState(file);
  }
}
