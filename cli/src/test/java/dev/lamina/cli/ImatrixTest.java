package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.GgufFile;
import dev.lamina.quantize.ImportanceMatrix;
import dev.lamina.text.tokenizer.Tokenizer;
import dev.lamina.text.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina imatrix} on the embedded model. */
class ImatrixTest {
  @TempDir private Path folder;
  private Path text;

  @BeforeEach
  void writeText() throws IOException {
    String line = "To be, or not to be, that is the question: whether 'tis nobler to suffer %d. ";
    text =
        Files.writeString(
            folder.resolve("text"),
            IntStream.range(0, 16).mapToObj(line::formatted).reduce("", String::concat));
  }

  private Cli.Outcome imatrix(Path out, String... options) {
    String[] all = Arrays.copyOf(options, options.length + 5);
    all[options.length] = "-c";
    all[options.length + 1] = "64";
    all[options.length + 2] = "-o";
    all[options.length + 3] = out.toString();
    all[options.length + 4] = "--no-ppl";
    String[] arguments = new String[all.length + 1];
    arguments[0] = "imatrix";
    System.arraycopy(all, 0, arguments, 1, all.length);
    return Cli.run(arguments);
  }

  private ImportanceMatrix made(String name, String... options) {
    Path out = folder.resolve(name);
    Cli.Outcome outcome = imatrix(out, options);
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().contains(name), outcome.out());
    return ImportanceMatrix.read(out);
  }

  private static void assertSame(ImportanceMatrix one, ImportanceMatrix other) {
    assertEquals(one.entries().keySet(), other.entries().keySet());
    one.entries()
        .forEach((name, entry) -> {
          float[] a = entry.importance();
          float[] b = other.entries().get(name).importance();
          for (int i = 0; i < a.length; i++) {
            assertEquals(a[i], b[i], 1e-5 * a[i], name);
          }
        });
  }

  @Test
  void watchesTheMatricesOfTheLayers() {
    ImportanceMatrix matrix = made("out.gguf", "-f", text.toString());
    assertEquals(6 * 7, matrix.entries().size());
    assertTrue(matrix.chunkCount() > 4, "windows: " + matrix.chunkCount());
    assertEquals(64, matrix.chunkSize());
    assertEquals(text.toString(), matrix.datasets().getFirst());
    assertSame(matrix, made("out.dat", "-f", text.toString()));
    assertSame(matrix, made("out2", "-f", text.toString(), "--output-format", "dat"));
  }

  @Test
  void keepsCopies() throws IOException {
    String path = text.toString();
    ImportanceMatrix whole = made("im.gguf", "-f", path, "--chunks", "5", "--save-frequency", "2");
    assertEquals(2, ImportanceMatrix.read(folder.resolve("im.gguf.at_2")).chunkCount());
    assertEquals(4, ImportanceMatrix.read(folder.resolve("im.gguf.at_4")).chunkCount());
    assertEquals(5, whole.chunkCount());
    assertFalse(Files.exists(folder.resolve("im.gguf.at_5")));
  }

  /** A special token that is written out is many tokens, or one. */
  @Test
  void specialTokens() throws IOException {
    String end;
    try (GgufFile file = DemoModel.open()) {
      Tokenizer tokenizer = Tokenizers.from(file.metadata());
      end = tokenizer.decode(new int[] {tokenizer.vocabulary().bos()}, true);
    }
    String path = Files.writeString(folder.resolve("special"), end.repeat(200)).toString();
    ImportanceMatrix read = made("read.gguf", "-f", path, "--parse-special");
    ImportanceMatrix letters = made("letters.gguf", "-f", path);
    assertEquals(3, read.chunkCount());
    assertTrue(letters.chunkCount() > 6, letters.chunkCount() + " windows");
  }

  /** A matrix made with an interruption, or in two parts, equals one made at once. */
  @Test
  void partsMakeTheWhole() {
    String path = text.toString();
    ImportanceMatrix whole = made("whole.gguf", "-f", path, "--chunks", "5");
    made("resumed.gguf", "-f", path, "--chunks", "2", "--resume");
    ImportanceMatrix resumed = made("resumed.gguf", "-f", path, "--chunks", "3", "--resume");
    assertEquals(5, resumed.chunkCount());
    assertSame(whole, resumed);
    made("first.gguf", "-f", path, "--chunks", "2");
    made("rest.gguf", "-f", path, "--chunks", "3", "--from-chunk", "2");
    String first = folder.resolve("first.gguf").toString();
    String rest = folder.resolve("rest.gguf").toString();
    ImportanceMatrix sum = made("sum.gguf", "--in-file", first, "--in-file", rest);
    assertEquals(5, sum.chunkCount());
    assertSame(whole, sum);
    Cli.Outcome statistics = Cli.run("imatrix", "--in-file", first, "--show-statistics");
    assertEquals(0, statistics.code(), statistics.err());
    assertEquals(1 + 6 * 7, statistics.out().lines().count());
    assertTrue(statistics.out().contains("blk.5.ffn_down.weight"), statistics.out());
  }

  @Test
  void computesPerplexityOnTheWay() {
    Cli.Outcome outcome =
        Cli.run(
            "imatrix",
            "-f",
            text.toString(),
            "-c",
            "64",
            "-o",
            folder.resolve("o.gguf").toString(),
            "--process-output");
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().contains("Final estimate: PPL = "), outcome.out());
  }

  @Test
  void saysInOneLineWhatIsWrong() throws IOException {
    String path = text.toString();
    error("no text", folder.resolve("o"));
    error("give a longer text", folder.resolve("o"), "-f", path, "-c", "2048");
    error("does not exist", folder.resolve("o"), "-f", path + "x");
    error("expected gguf or dat", folder.resolve("o"), "-f", path, "--output-format", "x");
    error("there is no folder", folder.resolve("no/o"), "-f", path);
    error("is a folder", folder, "-f", path);
    error("is no importance matrix", folder.resolve("o"), "--in-file", path);
    made("done.gguf", "-f", path);
    error("all of them are done", folder.resolve("done.gguf"), "-f", path, "--resume");
    assertFalse(Files.exists(folder.resolve("o")));
  }

  private void error(String message, Path out, String... options) {
    // The last -c counts.
    Cli.Outcome outcome =
        options.length > 2 && options[2].equals("-c")
            ? Cli.run("imatrix", options[0], options[1], options[2], options[3], "-o", "" + out)
            : imatrix(out, options);
    assertTrue(outcome.code() != 0, outcome.out());
    assertEquals(1, outcome.err().lines().filter(line -> line.startsWith("error: ")).count());
    assertTrue(outcome.err().contains(message), outcome.err());
  }
}
