package dev.lamina.chat;

import dev.lamina.engine.schedule.GenerationResult.Finish;
import dev.lamina.engine.schedule.Outbox;
import dev.lamina.engine.schedule.StopFinder;
import dev.lamina.engine.schedule.TokenListener;
import dev.lamina.text.tokenizer.StreamDecoder;
import dev.lamina.text.tokenizer.Tokenizer;
import java.util.function.Consumer;

/**
 * Turns generated tokens into text, up to a stop text. What concerns the text itself, the waiting
 * thread does.
 */
public final class TextStream implements TokenListener {
  private final StreamDecoder decoder;
  private final StopFinder stops;
  private final StringBuilder text = new StringBuilder();
  private final Outbox outbox;
  private final Consumer<String> out;

  /**
   * @param special render control tokens too
   * @param stops finds the texts that end the generation
   * @param outbox of the request
   * @param out gets each piece, never an empty one
   */
  public TextStream(
      Tokenizer tokenizer, boolean special, StopFinder stops, Outbox outbox, Consumer<String> out) {
    this.decoder = new StreamDecoder(tokenizer, special);
    this.stops = stops;
    this.outbox = outbox;
    this.out = out;
  }

  @Override
  public boolean onToken(int token) {
    if (stops.endsAt(token)) {
      return false;
    }
    write(stops.add(decoder.add(token)));
    return !stops.found();
  }

  @Override
  public Finish reason() {
    return stops.found() ? Finish.STOP_TEXT : Finish.CANCELLED;
  }

  /**
   * Writes the text that was held back: an incomplete character, or the beginning of a stop text.
   */
  public void finish() {
    write(stops.add(decoder.flush()) + stops.finish());
  }

  /** All text that was passed on. */
  public String text() {
    return text.toString();
  }

  private void write(String piece) {
    if (!piece.isEmpty()) {
      outbox.post(() -> {
        text.append(piece);
        out.accept(piece);
      });
    }
  }
}
