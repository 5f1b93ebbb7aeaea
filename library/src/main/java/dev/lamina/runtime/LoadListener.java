package dev.lamina.runtime;

import java.util.List;

/** Receives messages while a model is opened. */
public interface LoadListener {
  /** Reports a problem or a request that is ignored; the work continues. */
  void warn(String line);

  /** Reports the warnings of a file that were not reported before. */
  default void warnOfFile(String source, List<String> lines) {
    lines.forEach(this::warn);
  }

  /** Reports a decision, such as the number of layers on a device. */
  void note(String line);

  /**
   * Reports progress of long work.
   *
   * @param what name of the work, such as {@code Loading model.gguf}
   * @param done of {@code total}; equal at the end
   */
  default void progress(String what, long done, long total) {}
}
