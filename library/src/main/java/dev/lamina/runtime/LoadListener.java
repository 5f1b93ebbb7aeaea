package dev.lamina.runtime;

import java.util.List;

/** Hears of what happens while a model is opened. */
public interface LoadListener {
  /** One that hears nothing. */
  LoadListener NONE =
      new LoadListener() {
        @Override
        public void warn(String line) {}

        @Override
        public void note(String line) {}
      };

  /** Something is odd or does without what was asked for, and the work goes on. */
  void warn(String line);

  /** All that is odd about a file and was not told yet. */
  default void warnOfFile(String source, List<String> lines) {
    lines.forEach(this::warn);
  }

  /** Something that was decided, such as how many layers a device gets. */
  void note(String line);

  /**
   * A step of a work that takes long is done.
   *
   * @param what the work, such as {@code Loading model.gguf}
   * @param done of {@code total}; equal at the end
   */
  default void progress(String what, long done, long total) {}
}
