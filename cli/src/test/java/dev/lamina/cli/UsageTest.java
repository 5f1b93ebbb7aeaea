package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Help, version, and one line for each thing that a user can get wrong. */
class UsageTest {
  @Test
  void helpAndVersionGoToStandardOutput() {
    Cli.Outcome help = Cli.run("--help");
    Cli.Outcome version = Cli.run("--version");
    assertAll(
        () -> assertEquals(0, help.code()),
        () -> assertTrue(help.out().contains("inspect"), help.out()),
        () -> assertFalse(help.out().contains("warm-up"), help.out()),
        () -> assertEquals("", help.err()),
        () -> assertEquals(0, version.code()),
        () ->
            assertTrue(
                version.out().matches("(?s)lamina \\d+\\.\\d+\\.\\d+.*\\nJava .*"), version.out()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "tokenize", "inspect", "quantize", "split", "merge", "completion"})
  void everyCommandHasHelp(String command) {
    Cli.Outcome help = Cli.run(command, "--help");
    assertEquals(0, help.code());
    assertTrue(help.out().startsWith("Usage: lamina " + command), help.out());
    assertEquals(help.out(), Cli.run("help", command).out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "                              | a command is missing",
        "-m x.gguf -p y                | a command is missing before -m; `lamina run` continues a text",
        "--n_predict 3                 | a command is missing before --n_predict",
        "tokenzie                      | did you mean tokenize?",
        "run -p x --tmp 1              | --tmp",
        "run -p x -n ten               | 'ten' is not an int",
        "run -p x -c -5                | -c is -5",
        "run -p x -ub 0                | -ub is 0",
        "run -p x --top-p 1.5          | top-p is 1.5",
        "run -p x --min-p NaN          | min-p is NaN",
        "run -p x -l abc               | logit bias \"abc\"",
        "run -p x -l 99999999999+1     | logit bias",
        "run -p x -ctk q9_0            | f32, f16",
        "run -p x --cpu-kernels foo    | --cpu-kernels: there are no kernels 'foo'; there are auto, amx, avx512, avxvnni, avx2, vector",
        "run -p                        | -p is the last word",
        "quantize x y Q8_0 --imatrix   | --imatrix is the last word",
        "run --lora                    | --lora is the last word",
        "run -p x --top-n 1            | Unknown option",
        "tokenize                      | --stdin",
        "run -p x @file                | @file",
        "quantize x.gguf               | expected IN [OUT] TYPE",
        "quantize x.gguf y.gguf        | no type 'y.gguf'; there are F32, F16,",
        "quantize x.gguf y.gguf q9     | no type 'q9'",
        "quantize x.gguf Q8_0 x        | threads is 'x'",
        "quantize x.gguf Q8_0 2 3      | too many parameters, from '3'",
        "quantize x y Q8_0 --output-tensor-type z | --output-tensor-type: no tensor type 'z'",
        "quantize x y Q8_0 --tensor-type =q8_0    | expected NAME=TYPE",
        "quantize x y Q8_0 --tensor-type (=q8_0   | in the name",
        "quantize x y Q8_0 --override-kv a=int:x  | 'x' is no number",
        "quantize x y Q8_0 --override-kv a=b      | expected KEY=TYPE:VALUE",
        "quantize x y Q8_0 --split-max-size 9k    | such as 500M or 50G",
        "quantize x y Q8_0 --keep-split --split-max-size 1M | exclude each other",
        "split x                       | OUT",
        "split x y --split-max-tensors 0 | --split-max-tensors is 0",
        "split x y --split-max-tensors 2 --split-max-size 1M | exclude each other",
        "merge x                       | OUT"
      })
  void wrongUsageGivesOneLineAndCode2(String line, String expected) {
    Cli.Outcome outcome = Cli.run(line == null ? new String[0] : line.split(" +"));
    assertEquals(ExitCodes.USAGE, outcome.code(), outcome.err());
    assertOneErrorLine(outcome, expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"run -p x", "tokenize -p x", "inspect"})
  void modelFilesThatCannotBeOpenedGiveOneLine(String command, @TempDir Path folder)
      throws IOException {
    Path text =
        Files.writeString(folder.resolve("not a model.gguf"), "once upon a time\n".repeat(99));
    Path empty = Files.createFile(folder.resolve("empty.gguf"));
    Path missing = folder.resolve("line\nbreak.gguf");
    assertFails(command, folder, "is a folder");
    assertFails(command, text, "not a model.gguf");
    assertFails(command, empty, "empty.gguf");
    assertFails(command, missing, "does not exist");
  }

  private static void assertFails(String command, Path model, String expected) {
    String[] args = (command + " -m").split(" ");
    args = java.util.Arrays.copyOf(args, args.length + 1);
    args[args.length - 1] = model.toString();
    Cli.Outcome outcome = Cli.run(args);
    assertEquals(ExitCodes.ERROR, outcome.code(), outcome.err());
    assertOneErrorLine(outcome, expected);
  }

  private static void assertOneErrorLine(Cli.Outcome outcome, String expected) {
    assertEquals("", outcome.out());
    assertTrue(outcome.err().startsWith("error: "), outcome.err());
    assertTrue(outcome.err().contains(expected), outcome.err());
    assertEquals(1, outcome.err().lines().count(), outcome.err());
  }

  @Test
  void brokenPipeEndsQuietly() {
    java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
    Console console = Console.of(InputStream.nullInputStream(), failing("Broken pipe"), err);
    assertEquals(ExitCodes.BROKEN_PIPE, CommandLines.run(console, false, "completion"));
    assertEquals("", err.toString(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void fullDiskIsReported() {
    java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
    Console console =
        Console.of(InputStream.nullInputStream(), failing("No space left on device"), err);
    assertEquals(ExitCodes.ERROR, CommandLines.run(console, false, "completion"));
    assertEquals(
        "error: cannot write standard output: No space left on device\n",
        err.toString(java.nio.charset.StandardCharsets.UTF_8).replace("\r", ""));
  }

  @Test
  void completionKnowsCommandsAndOptions() {
    String script = Cli.run("completion").out();
    assertTrue(script.contains("tokenize") && script.contains("--top-k"));
  }

  private static OutputStream failing(String reason) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(reason);
      }
    };
  }
}
