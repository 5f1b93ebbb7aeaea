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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void fullContextMayForgetAndGoOn() throws IOException {
    String[] options = {"run", "-c", "24", "-p", PROMPT, "--ignore-eos", "--temp", "0", "-n", "60"};
    String keeps = json(with(options, "--context-shift", "--keep", "-1")).get("text").asText();
    assertEquals(60, json(with(options, "--context-shift")).get("generated_tokens").asInt());
    assertFalse(keeps.equals(json(with(options, "--context-shift")).get("text").asText()), keeps);
    JsonNode off = json(with(options, "--context-shift", "--no-context-shift"));
    assertEquals("context_full", off.get("finish").asText());
    options[options.length - 1] = "-2";
    assertEquals("context_full", json(with(options, "--context-shift")).get("finish").asText());
  }

  @Test
  void reversePromptEndsTheTextAfterIt() throws IOException {
    String[] options = {"run", "-p", PROMPT, "-n", "30", "--temp", "0"};
    String text = json(options).get("text").asText();
    // Texts of any length, so some end within a token.
    for (int length : new int[] {1, 3, 9}) {
      String stop = text.substring(7, 7 + length);
      JsonNode json = json(with(options, "-r", "unseen", "-r", stop));
      assertEquals(text.substring(0, text.indexOf(stop) + length), json.get("text").asText());
      assertEquals("stop_text", json.get("finish").asText());
    }
    assertEquals(text, json(with(options, "--reverse-prompt", "###")).get("text").asText());
    Cli.Outcome outcome = Cli.run(with(options, "-r", text.substring(7, 10)));
    assertTrue(outcome.err().contains("reverse prompt"), outcome.err());
    if (text.contains("\n")) {
      String line = json(with(options, "-r", "\\n")).get("text").asText();
      assertEquals(text.substring(0, text.indexOf('\n') + 1), line);
    }
  }

  @Test
  void saysWhyItEnds() {
    assertTrue(Cli.run("run", "-p", PROMPT, "-n", "2").err().contains("(-n 2)"));
    String full = Cli.run("run", "-p", PROMPT, "-c", "10", "--ignore-eos").err();
    assertTrue(full.contains("context of 10 tokens is full") && full.contains("-c"), full);
  }

  @Test
  void samplersAreTakenAsInLlama() throws IOException {
    String[] options = {"run", "-p", PROMPT, "-n", "6", "--temp", "0"};
    String greedy = json(options).get("text").asText();
    String[][] same = {
      {"--samplers", "top_k;top_p;temperature"},
      {"--samplers", "top-k;nucleus;temp"},
      {"--sampler-seq", "kpt"},
      {"--sampling-seq", "edskypmxt"},
      {"--top-nsigma", "1"},
      {"--top-n-sigma", "-1"},
      {"--typical-p", "1"},
      {"--mirostat", "0", "--mirostat-lr", "0.1", "--mirostat-ent", "5"},
      {"--mirostat", "1"},
      {"--mirostat", "2"},
      {"--xtc-probability", "0", "--xtc-threshold", "0.1"},
      {"--dry-multiplier", "0.8", "--dry-base", "1.75", "--dry-allowed-length", "20"},
      {"--dry-multiplier", "1", "--dry-penalty-last-n", "0", "--dry-sequence-breaker", "none"},
      {"--adaptive-target", "0.5", "--adaptive-decay", "0.9"},
      {"--dynatemp-range", "0", "--dynatemp-exp", "1"},
      {"--repeat-last-n", "-1", "--repeat-penalty", "1"}
    };
    for (String[] more : same) {
      assertEquals(greedy, json(with(options, more)).get("text").asText(), more[0]);
    }
    String[][] other = {
      {"--samplers", "top_k;top_p"},
      {"--xtc-probability", "1", "--xtc-threshold", "0.01"}
    };
    for (String[] more : other) {
      String[] seeded = with(options, with(new String[] {"-s", "1"}, more));
      assertFalse(greedy.equals(json(seeded).get("text").asText()), more[0]);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "temp=float:0",
        "top_k=int:1",
        "top_p=float:0",
        "min_p=float:1",
        "sequence=str:top_k;temp,general.sampling.top_k=int:1"
      })
  void fileRecommendsAndTheCommandLineWins(String key) throws IOException {
    String[] greedy = {"run", "-p", PROMPT, "-n", "8", "--temp", "0"};
    String[] recommended = {
      "run", "-p", PROMPT, "-n", "8", "-s", "2", "--override-kv", "general.sampling." + key
    };
    String expected = json(greedy).get("text").asText();
    assertEquals(expected, json(recommended).get("text").asText());
    String[] hot = {
      "--temp", "3", "--top-k", "0", "--top-p", "1", "--min-p", "0", "--samplers", "temperature"
    };
    assertFalse(expected.equals(json(with(recommended, hot)).get("text").asText()), expected);
  }

  @Test
  void samplersThatAreNoneAreToldOf() {
    Cli.Outcome outcome = Cli.run("run", "-p", PROMPT, "-n", "1", "--samplers", "top_k;tfs_z");
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("warning: there is no sampler \"tfs_z\""), outcome.err());
    outcome = Cli.run("run", "-p", PROMPT, "--mirostat", "3");
    assertEquals(ExitCodes.USAGE, outcome.code());
    assertTrue(outcome.err().contains("mirostat is 3"), outcome.err());
  }

  @Test
  void biasForATokenThatIsNoneIsOneLine() {
    for (String command : new String[] {"run", "chat"}) {
      Cli.Outcome outcome = Cli.runWithInput("x\n", command, "-l", "999999+5");
      assertEquals(ExitCodes.ERROR, outcome.code(), outcome.err());
      assertTrue(outcome.err().contains("token 999999"), outcome.err());
      assertFalse(outcome.err().contains("unexpected"), outcome.err());
    }
  }

  @Test
  void binaryFileIsThePromptAsItIs(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("prompt"), PROMPT + "\n");
    assertEquals(
        PROMPT + "\n", json("run", "-bf", file.toString(), "-n", "1").get("prompt").asText());
    Files.writeString(file, "\uFEFF" + PROMPT + "\r\n");
    assertEquals(
        "\uFEFF" + PROMPT + "\r\n",
        json("run", "-bf", file.toString(), "-n", "1").get("prompt").asText());
    assertEquals(PROMPT, json("run", "-f", file.toString(), "-n", "1").get("prompt").asText());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1", "Q5_1"})
  void cacheTypesAreLlamas(String type) throws IOException {
    JsonNode json = json("run", "-p", PROMPT, "-n", "6", "--temp", "0", "-ctk", type, "-ctv", type);
    assertTrue(json.get("text").asText().startsWith(" a"), json.toString());
  }

  @Test
  void emptyPromptIsRefused() {
    Cli.Outcome outcome = Cli.run("run", "-p", "");
    assertEquals(ExitCodes.USAGE, outcome.code());
    assertTrue(outcome.err().contains("prompt is empty"), outcome.err());
  }

  private static String[] with(String[] options, String... more) {
    String[] all = java.util.Arrays.copyOf(options, options.length + more.length);
    System.arraycopy(more, 0, all, options.length, more.length);
    return all;
  }

  private static JsonNode json(String... options) throws IOException {
    String[] args = java.util.Arrays.copyOf(options, options.length + 1);
    args[options.length] = "--json";
    Cli.Outcome outcome = Cli.run(args);
    assertEquals(0, outcome.code(), outcome.err());
    return new ObjectMapper().readTree(outcome.out());
  }
}
