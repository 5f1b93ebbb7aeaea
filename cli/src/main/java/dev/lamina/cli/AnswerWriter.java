package dev.lamina.cli;

import dev.lamina.engine.generate.GenerationResult.Finish;
import dev.lamina.engine.generate.StopFinder;
import dev.lamina.engine.generate.TokenListener;
import dev.lamina.text.tokenizer.StreamDecoder;
import dev.lamina.text.tokenizer.Tokenizer;
import java.io.PrintStream;

/**
 * Collects the text of chosen tokens and prints it as it comes, up to a stop text; on a terminal
 * without control characters.
 */
final class AnswerWriter implements TokenListener {
  private final PrintStream out;
  private final StreamDecoder decoder;
  private final StopFinder stops;
  private final StringBuilder text = new StringBuilder();
  private final boolean terminal;

  /**
   * @param special render control tokens too
   * @param stops what ends the text
   * @param out null: collect only
   */
  AnswerWriter(Tokenizer tokenizer, boolean special, StopFinder stops, PrintStream out) {
    this.decoder = new StreamDecoder(tokenizer, special);
    this.stops = stops;
    this.out = out;
    this.terminal = out != null && Terminals.isTerminal(Terminals.STDOUT);
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

  /** Writes what is held back: an incomplete character, or the beginning of a stop text. */
  void finish() {
    write(stops.add(decoder.flush()) + stops.finish());
  }

  String text() {
    return text.toString();
  }

  boolean endsLine() {
    return text.length() > 0 && text.charAt(text.length() - 1) == '\n';
  }

  /** Prints a text that is no part of the answer. */
  void echo(String piece) {
    if (out != null && !piece.isEmpty()) {
      out.print(terminal ? SafeText.forTerminal(piece) : piece);
      out.flush();
    }
  }

  private void write(String piece) {
    text.append(piece);
    echo(piece);
  }
}
