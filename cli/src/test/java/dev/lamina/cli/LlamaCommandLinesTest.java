package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.engine.backend.CpuTopology;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines as they are typed for llama.cpp, run with the embedded model. */
class LlamaCommandLinesTest {
  private static final List<String> SHORT =
      List.of("run", "-p", "To be", "-n", "4", "--temp", "0", "--no-perf");

  private static Cli.Outcome run(String more) {
    List<String> args = new ArrayList<>(SHORT);
    if (!more.isEmpty()) {
      args.addAll(Arrays.asList(more.split(" ")));
    }
    return Cli.run(args.toArray(String[]::new));
  }

  private static Cli.Outcome runWith(Map<String, String> environment, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = Console.of(InputStream.nullInputStream(), out, err);
    int code = CommandLines.run(console, false, environment, args);
    return new Cli.Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void oneThatIsTypedOftenAnswers() {
    String line =
        "-fa on --no-mmap --mlock --jinja --repeat_penalty 1.1 --temp 0.5 --temp 0 -r User:"
            + " --no-warmup -no-cnv --simple-io -co off --log-disable -ngl 99";
    Cli.Outcome outcome = run(line);
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().length() > "To be\n".length(), outcome.out());
    assertEquals("", outcome.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-n 9 -n 4 --top-k 1 --top-k 40",
        "-t 0",
        "-t -1",
        "-C 0x0 --cpu-strict 1",
        "-C 1 --prio 0 --poll 0",
        "-Cr 0- --poll 100",
        "--prio -1",
        "-s -1",
        "-s 4294967295",
        "-c 0",
        "-ngl -1",
        "-ngl -2",
        "--rope-freq-base 0 --rope-freq-scale 0",
        "--yarn-orig-ctx 0 --yarn-ext-factor -1 --yarn-attn-factor -1",
        "--yarn-beta-slow -1 --yarn-beta-fast -1",
        "-fa --mlock",
        "--no-display-prompt --display-prompt",
        "--perf --no-perf",
        "-nkvo -kvo",
        "--no-repack --repack",
        "-sm none -mg 0",
        "-sm row",
        "-ctk f32 -ctk f16 -ctv f16"
      })
  void whatAsksForNothingElseChangesNothing(String options) {
    Cli.Outcome plain = run("");
    Cli.Outcome outcome = run(options);
    assertEquals(0, outcome.code(), outcome.err());
    assertEquals(plain.out(), outcome.out());
  }

  @Test
  void theLastSourceOfThePromptCounts(@TempDir Path folder) throws IOException {
    String file = Files.writeString(folder.resolve("p"), "To be\n").toString();
    String[] line = {"run", "-p", "x", "-f", file, "-n", "4", "--temp", "0", "--no-perf"};
    assertEquals(run("").out(), Cli.run(line).out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-C f0000000000000000000000000000000 -v | may use none of the processors",
        "--numa distribute                      | has one node, so that NUMA has no effect",
        "-t 3 -C 1                              | 3 threads share the 1 processors",
      })
  @EnabledOnOs(OS.LINUX)
  void placesThatThereAreNotAreToldInOneLine(String options, String message) {
    assumeTrue(CpuTopology.system().nodes().size() < 2 || !options.contains("numa"));
    Cli.Outcome outcome = run(options);
    assertEquals(0, outcome.code(), outcome.err());
    assertEquals(run("").out(), outcome.out());
    assertEquals(1, outcome.err().lines().filter(line -> line.contains(message)).count());
  }

  @Test
  void verboseTellsWhatHasNoEffect() {
    Cli.Outcome outcome = run("-v -fa on --mlock");
    assertTrue(outcome.err().contains("note: -fa has no effect: there is one way"), outcome.err());
    assertTrue(outcome.err().contains("note: --mlock has no effect"), outcome.err());
    assertFalse(run("-fa on").err().contains("no effect"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "run --lora x.gguf          | --lora is not supported yet: adapters",
        "run -hf a/b                | -hf is not supported yet: download the file",
        "run --grammar x            | --grammar is not supported yet: grammars",
        "run -fa maybe              | -fa is 'maybe', expected one of on, off, auto",
        "run -tb much               | -tb is 'much', expected a number",
        "run --poll much            | '--poll': 'much' is not an int",
        "run --poll 101             | --poll is 101, expected 0 to 100",
        "run --prio 4               | --prio is 4, expected -1 to 3",
        "run --cpu-strict 2         | --cpu-strict is 2, expected 0 or 1",
        "run -C 0xg                 | -C is '0xg', expected hexadecimal digits",
        "run -Cr 0-512              | -Cr is '0-512', expected two numbers of 0 to 511",
        "run -Cr 3                  | -Cr is '3', expected a range",
        "run --numa mirror          | --numa is 'mirror', expected distribute, isolate or numactl",
        "bench --numa mirror        | --numa is 'mirror', expected distribute, isolate or numactl",
        "bench --prio -2            | --prio is -2, expected -1 to 3",
        "chat --mmproj x            | --mmproj is not supported yet",
        "bench -hf a/b              | -hf is not supported yet",
        "split --merge a b          | --merge is not for this command: `lamina merge`",
        "run -m https://a.b/c.gguf -p x | is an address, and downloads are not supported yet",
        "run -m hf.co/a/b -p x      | is an address",
        "run \u2013\u2013temp 0     | '\u2013\u2013temp' begins with a dash that is no hyphen (U+2013)",
        "run \u2014temp 0           | type --temp",
        "run \u2013ngl 0            | type -ngl",
        "run \u2212m x              | (U+2212)",
      })
  void whatIsMissingOrMistypedIsToldInOneLine(String line, String message) {
    Cli.Outcome outcome = Cli.run(line.split(" +"));
    assertTrue(outcome.code() != 0);
    assertTrue(outcome.err().contains(message), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"run,-m,x.gguf\r", "run,-n,3\r", "run,--no-perf\r", "inspect,x.gguf\r"})
  void carriageReturnsAreTold(String line) {
    Cli.Outcome outcome = Cli.run(line.split(","));
    assertEquals(ExitCodes.USAGE, outcome.code());
    assertTrue(outcome.err().contains("ends in a carriage return (\\r)"), outcome.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "chat", "perplexity", "imatrix", "tokenize", "bench"})
  void everyToolListsDevicesAndTellsItsVersion(String command) {
    assertTrue(Cli.run(command, "--list-devices").out().contains("cpu:0  CPU"));
    assertTrue(Cli.run(command, "--version").out().startsWith("lamina "));
    assertTrue(Cli.run(command, "--help").out().contains("docs/options.md"));
  }

  @Test
  void variablesOfTheEnvironmentAreDefaults() {
    Map<String, String> four = Map.of("LLAMA_ARG_N_PREDICT", "4", "LLAMA_ARG_NO_PERF", "1");
    String[] line = {"run", "-p", "To be", "--temp", "0"};
    assertEquals(run("").out(), runWith(four, line).out());
    String[] typed = {"run", "-p", "To be", "--temp", "0", "-n", "4"};
    assertEquals(run("").out(), runWith(Map.of("LLAMA_ARG_N_PREDICT", "1"), typed).out());
    Cli.Outcome wrong = runWith(Map.of("LLAMA_ARG_N_PREDICT", "x"), line);
    assertEquals(ExitCodes.USAGE, wrong.code());
    assertTrue(wrong.err().contains("set in the environment: LLAMA_ARG_N_PREDICT=x"), wrong.err());
    assertEquals(0, runWith(Map.of("LLAMA_ARG_HOST", "0.0.0.0"), "tokenize", "-p", "x").code());
  }

  @Test
  void theLogGoesToAFileToo(@TempDir Path folder) throws IOException {
    Path log = folder.resolve("log");
    Cli.Outcome outcome = run("--log-file " + log);
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("demo model"), outcome.err());
    assertEquals(outcome.err(), Files.readString(log));
    assertEquals(1, run("--log-file " + folder).code());
    Path prompt = Files.writeString(folder.resolve("prompt"), "To be");
    assertEquals(1, run("-f " + prompt + " --log-file " + prompt).code());
    assertEquals("To be", Files.readString(prompt));
  }

  @Test
  void errorsAreToldEvenWithoutALog() {
    Cli.Outcome outcome = run("--log-disable -m missing.gguf");
    assertEquals("error: model file missing.gguf does not exist\n", outcome.err());
    assertEquals("", run("-lv 0").err());
    assertTrue(run("-lv 5 -fa on").err().contains("-fa has no effect"));
  }

  @Test
  void theTokensOfThePromptAreShown() {
    Cli.Outcome outcome = run("--verbose-prompt");
    assertTrue(outcome.err().contains("the prompt has 2 tokens\n"), outcome.err());
  }
}
