package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.text.chat.ReplyPart;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model writes is shown by a terminal, never obeyed. */
class TerminalTextTest {
  private static String print(boolean terminal, boolean color, String... pieces) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ReplyPrinter printer =
        new ReplyPrinter(
            new PrintStream(bytes, false, StandardCharsets.UTF_8),
            terminal,
            color,
            new AtomicBoolean());
    for (String piece : pieces) {
      printer.onText(piece, ReplyPart.ANSWER);
    }
    printer.finish();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b]0;title\u0007",
        "\u001b]52;c;aGk=\u0007",
        "\u001b[2J",
        "\u001bP1$r0m\u001b\\",
        "\u001bc",
        "\u009b2J",
        "\u009d0;title\u009c",
        "\u0090q\u009c",
        "\b\b\b",
        "\u000e\u000f\u0005\u0000",
        "\u007f",
        "hidden\rshown",
        "\u000b\f"
      })
  void controlSequencesAreShown(String sequence) {
    String whole = print(true, false, sequence);
    assertFalse(whole.strip().chars().anyMatch(c -> c != '\n' && Character.isISOControl(c)), whole);
    // Cut into pieces, as tokens cut it.
    assertEquals(whole, print(true, false, sequence.split("")));
    // Nothing is changed for a pipe.
    assertEquals(sequence + "\n", print(false, false, sequence));
  }

  @Test
  void ordinaryTextStays() {
    String text = "a\tb\n漢字 👩‍💻 é";
    assertSame(text, SafeText.forTerminal(text));
    assertEquals("␛]0;x␇␡\\u{9b}", SafeText.forTerminal("\u001b]0;x\u0007\u007f\u009b"));
  }

  @Test
  void jsonHasNoControlCharactersEither() {
    String json = Json.text(java.util.Map.of("k", "\u001b[2J\u009b2J\u007f"));
    assertTrue(json.contains("\\u001B[2J\\u009b2J\\u007f"), json);
  }

  @Test
  void thoughtsAreDimmedInColor() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    ReplyPrinter printer = new ReplyPrinter(out, true, true, new AtomicBoolean());
    printer.onText("<think>", ReplyPart.TAG);
    printer.onText("a", ReplyPart.THOUGHT);
    printer.onText("</think>", ReplyPart.TAG);
    printer.onText("b", ReplyPart.ANSWER);
    printer.finish();
    assertEquals("\u001b[2m<think>a</think>\u001b[0mb\n", bytes.toString(StandardCharsets.UTF_8));
    assertTrue(print(false, false, "b\n").equals("b\n"));
  }
}
