package dev.lamina.cli;

import dev.lamina.engine.generate.TokenListener;
import dev.lamina.engine.tokenizer.StreamDecoder;
import dev.lamina.engine.tokenizer.Tokenizer;
import java.io.PrintStream;

/** Collects the text of chosen tokens and prints it as it comes. */
final class AnswerWriter implements TokenListener {
  private final PrintStream out;
  private final StreamDecoder decoder;
  private final StringBuilder text = new StringBuilder();

  /**
   * @param special render control tokens too
   * @param out null: collect only
   */
  AnswerWriter(Tokenizer tokenizer, boolean special, PrintStream out) {
    this.decoder = new StreamDecoder(tokenizer, special);
    this.out = out;
  }

  @Override
  public boolean onToken(int token) {
    write(decoder.add(token));
    return true;
  }

  /** Writes what a last, incomplete character leaves. */
  void finish() {
    write(decoder.flush());
  }

  String text() {
    return text.toString();
  }

  boolean endsLine() {
    return text.length() > 0 && text.charAt(text.length() - 1) == '\n';
  }

  private void write(String piece) {
    text.append(piece);
    if (out != null && !piece.isEmpty()) {
      out.print(piece);
      out.flush();
    }
  }
}
