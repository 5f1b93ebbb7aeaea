package dev.lamina.cli;

import dev.lamina.engine.schedule.GenerationResult.Finish;
import dev.lamina.engine.schedule.Outbox;
import dev.lamina.engine.schedule.SavedState;
import dev.lamina.engine.schedule.Scheduler;
import dev.lamina.engine.schedule.TokenListener;
import dev.lamina.gguf.output.OutputException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The evaluated prompt in a file. It is written as soon as the prompt is evaluated, so that it is
 * there even if the text is ended by force, or at the end with what was generated.
 */
final class PromptCache {
  private final Console console;
  private final Scheduler scheduler;
  private final Path output;
  private final boolean all;
  private SavedState loaded = new SavedState(new int[0], 0, true);
  private boolean saved;

  /**
   * @param output the file to write; null for none
   * @param all whether what was generated is written too
   */
  PromptCache(Console console, Scheduler scheduler, Path output, boolean all) {
    this.console = console;
    this.scheduler = scheduler;
    this.output = output;
    this.all = all;
  }

  void load(Path file) {
    loaded = scheduler.load(file);
    if (!loaded.fits()) {
      console
          .err()
          .println(
              file
                  + " was written with other devices or another type of cache: its tokens are evaluated again");
    }
  }

  /** The tokens that the file held, which are the prompt if there is no other. */
  int[] tokens() {
    return loaded.tokens();
  }

  /** Tells how much of a prompt is not evaluated again. */
  void tell(int[] prompt) {
    if (loaded.restored() > 0) {
      int taken = Math.min(known(prompt), prompt.length - 1);
      console
          .err()
          .println(
              "%d of the prompt's %d tokens are taken from the prompt cache"
                  .formatted(taken, prompt.length));
    }
  }

  /** Length of the start of a prompt that the file has given. */
  private int known(int[] prompt) {
    int[] tokens = loaded.tokens();
    int mismatch = Arrays.mismatch(prompt, 0, prompt.length, tokens, 0, loaded.restored());
    return mismatch < 0 ? Math.min(prompt.length, loaded.restored()) : mismatch;
  }

  /** A listener that also writes the prompt with the first token, unless all is to be written. */
  Listener listen(int[] prompt, Outbox outbox, TokenListener listener) {
    return new Listener(prompt, outbox, listener);
  }

  private void save(int[] tokens) {
    saved = true;
    try {
      scheduler.save(tokens, output);
    } catch (OutputException e) {
      throw OutputFiles.failed(output, e);
    }
  }

  /** Passes everything on and notes what is to be written. */
  final class Listener implements TokenListener {
    private final int promptLength;
    private final Outbox outbox;
    private final TokenListener next;
    private final boolean writesPrompt;
    private int[] tokens;
    private int size;

    private Listener(int[] prompt, Outbox outbox, TokenListener next) {
      this.tokens = prompt;
      this.size = prompt.length;
      this.promptLength = prompt.length;
      this.outbox = outbox;
      this.next = next;
      // A file with the whole prompt, and perhaps more, stays.
      this.writesPrompt = output != null && !all && known(prompt) < prompt.length;
    }

    @Override
    public boolean onToken(int token) {
      if (size == promptLength && writesPrompt) {
        int[] prompt = tokens;
        outbox.post(() -> save(prompt));
      }
      if (size == tokens.length) {
        tokens = Arrays.copyOf(tokens, 2 * size);
      }
      tokens[size++] = token;
      return next.onToken(token);
    }

    @Override
    public Finish reason() {
      return next.reason();
    }

    @Override
    public boolean onPrompt(int done, int total) {
      return next.onPrompt(done, total);
    }

    /** Writes what was not written before; the text has ended. */
    void finish() {
      if (output != null && all) {
        save(Arrays.copyOf(tokens, size));
      } else if (writesPrompt && !saved) {
        save(Arrays.copyOf(tokens, promptLength));
      }
    }
  }
}
