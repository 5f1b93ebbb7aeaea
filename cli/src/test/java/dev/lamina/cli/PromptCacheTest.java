package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina run --prompt-cache} on the embedded model. */
class PromptCacheTest {
  private static final String PROMPT =
      "To be, or not to be, that is the question: whether 'tis nobler in the mind to suffer";

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("prompt.cache");
  }

  private Cli.Outcome run(String prompt, String... more) {
    List<String> words =
        new ArrayList<>(List.of("run", "-p", prompt, "-n", "6", "--temp", "0", "--no-perf"));
    words.addAll(List.of("--prompt-cache", file.toString()));
    words.addAll(List.of(more));
    return Cli.run(words.toArray(String[]::new));
  }

  private static void assertDone(Cli.Outcome outcome) {
    assertEquals(0, outcome.code(), outcome.err());
  }

  private static String plain(String prompt, String... more) {
    List<String> words =
        new ArrayList<>(List.of("run", "-p", prompt, "-n", "6", "--temp", "0", "--no-perf"));
    words.addAll(List.of(more));
    return Cli.run(words.toArray(String[]::new)).out();
  }

  private static int tokens(String text) {
    return Cli.run("tokenize", "-p", text, "--ids").out().split(",").length;
  }

  @Test
  void aLaterPromptThatBeginsTheSameIsNotEvaluatedAgain() throws IOException {
    Cli.Outcome first = run(PROMPT);
    assertDone(first);
    assertEquals(plain(PROMPT), first.out());
    assertFalse(first.err().contains("prompt cache"), first.err());
    byte[] written = Files.readAllBytes(file);
    int n = tokens(PROMPT);

    Cli.Outcome same = run(PROMPT, "--json");
    assertDone(same);
    assertTrue(
        same.err().contains("%d of the prompt's %d tokens are taken".formatted(n - 1, n)),
        same.err());
    JsonNode json = new ObjectMapper().readTree(same.out());
    assertEquals(1, json.get("prompt_tokens").asInt());
    assertArrayEquals(written, Files.readAllBytes(file));

    String longer = PROMPT + " the slings and arrows";
    Cli.Outcome second = run(longer, "--prompt-cache-ro");
    assertDone(second);
    assertEquals(plain(longer), second.out());
    assertArrayEquals(written, Files.readAllBytes(file));
    assertDone(run(longer));
    assertTrue(Files.size(file) > written.length);
    Cli.Outcome shorter = run("To be, or not at all");
    assertEquals(plain("To be, or not at all"), shorter.out());
  }

  @Test
  void everythingCanBeKeptAndContinued() throws IOException {
    Cli.Outcome first = run(PROMPT, "--prompt-cache-all");
    assertDone(first);
    long size = Files.size(file);
    // The prompt alone is less than what is there.
    assertDone(run(PROMPT));
    assertEquals(size, Files.size(file));
    // Without a prompt, what was kept is the prompt: all but the last token, which was not
    // evaluated.
    Cli.Outcome next = run("", "--prompt-cache-all");
    assertDone(next);
    String text = first.out().strip();
    assertTrue(next.out().length() > text.length(), next.out());
    assertTrue(next.out().startsWith(text), next.out());
    assertTrue(Files.size(file) > size);
  }

  @Test
  void noTokensNeedBeGenerated() throws IOException {
    assertDone(run(PROMPT, "-n", "0"));
    Cli.Outcome outcome = run(PROMPT);
    assertTrue(outcome.err().contains(" tokens are taken from the prompt cache"), outcome.err());
    assertEquals(plain(PROMPT), outcome.out());
  }

  @Test
  void aFileThatIsNotThereIsNoError() throws IOException {
    assertDone(run(PROMPT, "--prompt-cache-ro"));
    assertFalse(Files.exists(file));
    Files.createFile(file);
    assertDone(run(PROMPT));
    assertTrue(Files.size(file) > 0);
    assertDone(Cli.run("run", "-p", "x", "-n", "1", "--prompt-cache", ""));
  }

  @Test
  void anotherTypeOfCacheEvaluatesAgain() throws IOException {
    assertDone(run(PROMPT));
    Cli.Outcome outcome = run(PROMPT, "-ctk", "f32");
    assertDone(outcome);
    assertTrue(outcome.err().contains("another type of cache"), outcome.err());
    assertEquals(plain(PROMPT, "-ctk", "f32"), outcome.out());
    assertTrue(run(PROMPT, "-ctk", "f32").err().contains(" tokens are taken"));
  }

  @Test
  void aSmallContextTakesTheStart() {
    assertDone(run(PROMPT, "--prompt-cache-all", "-n", "60", "--ignore-eos"));
    Cli.Outcome outcome = run("To be, or not", "-c", "20");
    assertDone(outcome);
    assertEquals(plain("To be, or not", "-c", "20"), outcome.out());
  }

  @Test
  void badFilesAreRefusedInOneLineAndStay() throws IOException {
    assertDone(run(PROMPT));
    byte[] bytes = Files.readAllBytes(file);
    assertRefused("another model", "--rope-freq-base", "5000");
    assertRefused("another model", "--override-kv", "general.name=str:other");
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertRefused("damaged");
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertRefused("cut");
    Files.writeString(file, "Once upon a time");
    assertRefused("is no saved state");
    assertRefused("is no saved state", "--prompt-cache-ro");
  }

  private void assertRefused(String reason, String... more) throws IOException {
    byte[] before = Files.readAllBytes(file);
    Cli.Outcome outcome = run(PROMPT, more);
    assertEquals(ExitCodes.ERROR, outcome.code());
    List<String> errors = outcome.err().lines().filter(l -> l.startsWith("error: ")).toList();
    assertEquals(1, errors.size(), outcome.err());
    assertTrue(errors.getFirst().startsWith("error: " + file + " is "), outcome.err());
    assertTrue(errors.getFirst().contains(reason), outcome.err());
    assertEquals("", outcome.out());
    assertArrayEquals(before, Files.readAllBytes(file));
  }
}
