package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina tokenize} on the embedded model. */
class TokenizeTest {
  @Test
  void printsIdsAsLlamaTokenizeDoes() {
    Cli.Outcome outcome = Cli.run("tokenize", "-p", "To be", "--ids");
    assertEquals("[418, 308]\n", outcome.out());
    assertTrue(outcome.err().contains("demo model"), outcome.err());
  }

  @Test
  void printsPiecesAndCount() {
    Cli.Outcome outcome = Cli.run("tokenize", "-p", "To\\nbe", "--show-count");
    assertEquals(
        """
           418 -> 'To'
           198 -> '\\n'
          1052 -> 'be'
        Total number of tokens: 3
        """,
        outcome.out());
  }

  @Test
  void readsEscapesUnlessToldNotTo() {
    assertEquals("[198]\n", Cli.run("tokenize", "-p", "\\n", "--ids").out());
    assertEquals(
        Cli.runWithInput("\\n", "tokenize", "--stdin", "--ids", "--no-escape").out(),
        Cli.run("tokenize", "-p", "\\\\n", "--ids").out());
  }

  @Test
  void specialTokensAreTextWhenAsked() {
    assertEquals("[2047]\n", Cli.run("tokenize", "-p", "<|im_end|>", "--ids").out());
    assertTrue(
        Cli.run("tokenize", "-p", "<|im_end|>", "--ids", "--no-parse-special").out().length() > 7);
  }

  @Test
  void argumentFileAndStandardInputGiveTheSame(@TempDir Path folder) throws IOException {
    String text = "Tö be, or not\nto be 😀\n";
    Path file = Files.writeString(folder.resolve("text"), text);
    String expected = Cli.run("tokenize", "--ids", "-p", text).out();
    assertEquals(expected, Cli.run("tokenize", "--ids", "-f", file.toString()).out());
    assertEquals(expected, Cli.runWithInput(text, "tokenize", "--ids", "--stdin").out());
  }

  @Test
  void jsonHoldsIdsAndPieces() throws IOException {
    JsonNode json = new ObjectMapper().readTree(Cli.run("tokenize", "--json", "-p", "To\n").out());
    assertEquals(2, json.get("count").asInt());
    assertEquals("[418,198]", json.get("ids").toString());
    assertEquals("\n", json.get("pieces").get(1).asText());
  }
}
