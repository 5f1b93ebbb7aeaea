package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina run} on the embedded model. */
class RunTest {
  private static final String PROMPT = "To be, or not to be";

  @Test
  void continuesThePromptAndTellsWhatItTook() {
    Cli.Outcome outcome = Cli.run("run", "-p", PROMPT, "-n", "5", "--temp", "0");
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().startsWith(PROMPT), outcome.out());
    assertTrue(outcome.out().length() > PROMPT.length() + 5, outcome.out());
    assertTrue(outcome.out().endsWith("\n"), outcome.out());
    assertTrue(outcome.err().contains("demo model"), outcome.err());
    assertTrue(outcome.err().matches("(?s).*prompt eval time = .* / +7 tokens.*"), outcome.err());
    assertTrue(outcome.err().matches("(?s).* eval time = .* / +4 runs.*"), outcome.err());
  }

  @Test
  void jsonHoldsWhatPlainOutputShows() throws IOException {
    String[] options = {"run", "-p", PROMPT, "-n", "6", "-s", "7", "--no-display-prompt"};
    String plain = Cli.run(options).out();
    JsonNode json = json(options);
    assertEquals(plain.strip(), json.get("text").asText().strip());
    assertEquals(PROMPT, json.get("prompt").asText());
    assertEquals(7, json.get("seed").asInt());
    assertEquals(7, json.get("prompt_tokens").asInt());
    assertEquals(6, json.get("generated_tokens").asInt());
    assertEquals("length", json.get("finish").asText());
    assertTrue(json.get("timings").get("eval_tokens_per_second").asDouble() > 0);
  }

  @Test
  void seedDecides() throws IOException {
    String[] options = {"run", "-p", PROMPT, "-n", "12", "--temp", "1.5", "-s", "1"};
    String first = json(options).get("text").asText();
    assertEquals(first, json(options).get("text").asText());
    options[options.length - 1] = "2";
    assertFalse(first.equals(json(options).get("text").asText()), first);
  }

  @Test
  void promptComesFromFileOrStandardInput(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("prompt"), PROMPT + "\n");
    String expected = Cli.run("run", "-p", PROMPT, "-n", "3", "--temp", "0").out();
    assertEquals(expected, Cli.run("run", "-f", file.toString(), "-n", "3", "--temp", "0").out());
    assertEquals(expected, Cli.runWithInput(PROMPT + "\n", "run", "-n", "3", "--temp", "0").out());
  }

  @Test
  void bansAToken() throws IOException {
    String[] options = {"run", "-p", PROMPT, "-n", "1", "--temp", "0"};
    String likeliest = json(options).get("text").asText();
    String id = Cli.run("tokenize", "-p", likeliest, "--ids").out().replaceAll("\\D", "");
    String[] banned = java.util.Arrays.copyOf(options, options.length + 2);
    banned[options.length] = "-l";
    banned[options.length + 1] = id + "-inf";
    assertFalse(likeliest.equals(json(banned).get("text").asText()), likeliest);
  }

  @Test
  void promptLongerThanTheContextIsOneLine() {
    Cli.Outcome outcome = Cli.run("run", "-c", "8", "-p", PROMPT + PROMPT);
    assertEquals(ExitCodes.ERROR, outcome.code());
    assertTrue(outcome.err().contains("error: "), outcome.err());
    assertTrue(outcome.err().contains("-c"), outcome.err());
  }

  @Test
  void contextEndsTheText() throws IOException {
    JsonNode json = json("run", "-c", "10", "-p", PROMPT, "--ignore-eos");
    assertEquals("context_full", json.get("finish").asText());
  }

  @Test
  void emptyPromptIsRefused() {
    Cli.Outcome outcome = Cli.run("run", "-p", "");
    assertEquals(ExitCodes.USAGE, outcome.code());
    assertTrue(outcome.err().contains("prompt is empty"), outcome.err());
  }

  private static JsonNode json(String... options) throws IOException {
    String[] args = java.util.Arrays.copyOf(options, options.length + 1);
    args[options.length] = "--json";
    Cli.Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.code(), outcome.err());
    return new ObjectMapper().readTree(outcome.out());
  }
}
