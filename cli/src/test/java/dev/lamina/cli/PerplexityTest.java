package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.quantize.quality.ChoiceTask;
import dev.lamina.runtime.OpenDevices;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina perplexity} on the embedded model. */
class PerplexityTest {
  private static final String TEXT =
      "To be, or not to be, that is the question: whether 'tis nobler in the mind to suffer. "
          .repeat(8);

  @Test
  void comparesAModelWithItself(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("text"), TEXT);
    String base = folder.resolve("base").toString();
    Cli.Outcome written =
        Cli.run("perplexity", "-f", text.toString(), "-c", "64", "--kl-divergence-base", base);
    assertEquals(0, written.code(), written.err());
    assertTrue(written.out().contains("Final estimate: PPL = "), written.out());
    Cli.Outcome compared =
        Cli.run("perplexity", "-c", "64", "--kl-divergence-base", base, "--kl-divergence");
    assertEquals(0, compared.code(), compared.err());
    // The precision of the file's 16 bits.
    assertTrue(compared.out().contains("Mean    KLD                  :   0.0000"), compared.out());
    assertTrue(compared.out().contains("Same top p: 100.000"), compared.out());
  }

  private static Cli.Outcome perplexity(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "perplexity";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Cli.Outcome outcome = Cli.run(all);
    assertEquals(0, outcome.code(), outcome.err());
    return outcome;
  }

  private static double estimate(Cli.Outcome outcome) {
    Matcher found = Pattern.compile("PPL = ([0-9.]+)").matcher(outcome.out());
    assertTrue(found.find(), outcome.out());
    return Double.parseDouble(found.group(1));
  }

  @Test
  void windowsMayOverlap(@TempDir Path folder) throws IOException {
    String text = Files.writeString(folder.resolve("text"), TEXT).toString();
    Cli.Outcome apart = perplexity("-f", text, "-c", "32");
    Cli.Outcome overlapping = perplexity("-f", text, "-c", "32", "--ppl-stride", "8");
    assertTrue(overlapping.out().contains("windows of 36 tokens, of which 8 each"));
    assertEquals(1, estimate(overlapping) / estimate(apart), 0.5, overlapping.out());
    Cli.Outcome columns =
        perplexity("-f", text, "-c", "32", "--ppl-stride", "8", "--ppl-output-type", "1");
    assertTrue(columns.out().lines().anyMatch(line -> line.matches(" +8  [0-9.]+")));
    assertEquals(estimate(overlapping), estimate(columns));
    Cli.Outcome four = perplexity("-f", text, "-c", "32", "--ppl-output-type", "1");
    assertTrue(four.out().lines().anyMatch(line -> line.matches(" +32(  [0-9.]+){3}")));
  }

  @Test
  void backslashesOfATextAreLetters(@TempDir Path folder) throws IOException {
    String plain = Files.writeString(folder.resolve("plain"), "a\\nb ".repeat(40)).toString();
    String read = Files.writeString(folder.resolve("read"), "a\nb ".repeat(40)).toString();
    double escaped = estimate(perplexity("-c", "32", "-f", plain, "-e"));
    assertEquals(estimate(perplexity("-c", "32", "-f", read)), escaped);
    assertNotEquals(estimate(perplexity("-c", "32", "-f", plain)), escaped);
  }

  /** Computes the expected scores of a task from the whole texts, one after the other. */
  @Test
  void scoresAreMeanLogProbabilities() {
    List<String> answers = List.of("to be", "to see the king", "xq");
    BackendOptions compute = new BackendOptions(1, false, CpuKernels.VECTOR);
    try (GgufFile file = DemoModel.open();
        OpenDevices cpu = OpenDevices.cpu(compute)) {
      Model model = Model.load(file, RopeOverrides.none());
      RuntimeConfig config = RuntimeConfig.of(64, 64).withMaxLogits(64);
      try (Session session = new Session(model, cpu.targets().getFirst().backend(), config)) {
        double[] scores = new ChoiceTask("To be, or not", answers, Set.of(0)).scores(session);
        int[][] texts =
            answers.stream()
                .map(answer -> model.tokenizer().encode("To be, or not " + answer, true, false))
                .toArray(int[][]::new);
        int common =
            Math.min(Arrays.mismatch(texts[0], texts[1]), Arrays.mismatch(texts[0], texts[2]));
        for (int i = 0; i < texts.length; i++) {
          int from = Math.min(common, texts[0].length - 1);
          assertEquals(meanLog(session, texts[i], from), scores[i], 1e-3, answers.get(i));
        }
        assertEquals(0, ChoiceTask.best(scores));
      }
    }
  }

  private static double meanLog(Session session, int[] tokens, int from) {
    double[] sum = {0};
    int nVocab = session.model().config().nVocab();
    session.truncate(0);
    session.evalAll(
        tokens,
        (index, logits, offset) -> {
          if (index + 1 >= from && index + 1 < tokens.length) {
            double total = 0;
            for (int i = 0; i < nVocab; i++) {
              total += Math.exp(logits[offset + i]);
            }
            sum[0] += logits[offset + tokens[index + 1]] - Math.log(total);
          }
        });
    return sum[0] / (tokens.length - from);
  }

  @Test
  void hellaSwag(@TempDir Path folder) throws IOException {
    String first = "To be, or not to be: that is the\n0\nquestion:\nzxqj kkw\n%%%% ##\n123 9 88\n";
    String second = "KING\n3\nqqqq\nzzz zz\n777 77\nRICHARD III:\n";
    String text = Files.writeString(folder.resolve("text"), first + second).toString();
    Cli.Outcome outcome = perplexity("--hellaswag", "-f", text);
    assertTrue(outcome.out().contains("task\tacc_norm\t95% confidence interval\n"), outcome.out());
    assertTrue(outcome.out().contains("2\t100.00000000%\t[34.2380%, 100.0000%]\n"), outcome.out());
    Cli.Outcome one = perplexity("--hellaswag", "--hellaswag-tasks", "1", "-f", text);
    assertEquals(2, one.out().strip().lines().count(), one.out());
    oneLine("more than the context of 8; give -c", "--hellaswag", "-f", text, "-c", "8");
    Path wrong = Files.writeString(folder.resolve("wrong"), first + "x");
    oneLine("expected six for each task", "--hellaswag", "-f", wrong.toString());
  }

  @Test
  void winogrande(@TempDir Path folder) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      lines
          .append(i)
          .append(",O Romeo Romeo wherefore art thou _ and so to bed my lord.,Romeo,xqz9,1\n");
    }
    String text = Files.writeString(folder.resolve("text"), lines + "bad\n").toString();
    Cli.Outcome outcome = perplexity("--winogrande", "-f", text);
    assertTrue(outcome.out().contains("Final Winogrande score(100 tasks): "), outcome.out());
    assertTrue(outcome.out().matches("(?s)1\t(100|0)\\.0000\t +-[0-9.]+ +-[0-9.]+  [12]  1\n.*"));
    assertTrue(outcome.err().contains("line 101 is left out"), outcome.err());
    Cli.Outcome some = perplexity("--winogrande", "--winogrande-tasks", "3", "-f", text);
    assertEquals(3, some.out().lines().count(), some.out());
    Path none = Files.writeString(folder.resolve("none"), "bad\n");
    assertNotEquals(0, Cli.run("perplexity", "--winogrande", "-f", none.toString()).code());
  }

  @Test
  void multipleChoice(@TempDir Path folder) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(1).putInt(8);
    for (String part : List.of("To be, or not to", "be: that is", "zxqj %% 77")) {
      byte[] letters = part.getBytes(StandardCharsets.UTF_8);
      bytes.putInt(letters.length).put(letters);
      if (part.startsWith("To")) {
        bytes.putInt(2);
      }
    }
    bytes.putInt(1).putInt(0).putInt(0);
    Path file = folder.resolve("tasks.bin");
    Files.write(file, Arrays.copyOf(bytes.array(), bytes.position()));
    for (String option : List.of("-bf", "-f")) {
      Cli.Outcome outcome = perplexity("--multiple-choice", option, file.toString());
      assertEquals(
          """
          task\tacc_norm
          1\t100.00000000

          Final result: 100.0000 +/- 0.0000
          Random chance: 50.0000 +/- 0.0000
          """,
          outcome.out());
    }
    Path text = Files.writeString(folder.resolve("text"), TEXT);
    oneLine("no tasks", "--multiple-choice", "-bf", text.toString());
    oneLine("does not exist", "--multiple-choice", "-bf", text + "x");
    if (Files.exists(Path.of("/dev/zero"))) {
      oneLine("or no end", "--multiple-choice", "-bf", "/dev/zero");
    }
    oneLine("exclude each other", "--multiple-choice", "--hellaswag", "-f", text.toString());
    oneLine("exclude each other", "--ppl-stride", "4", "--hellaswag", "-f", text.toString());
  }

  /** A model that computes NaN gives an error instead of a figure. */
  @Test
  void nonsenseIsAnError(@TempDir Path folder) throws IOException {
    String text = Files.writeString(folder.resolve("text"), TEXT).toString();
    String tasks = Files.writeString(folder.resolve("tasks"), "a\n0\nb\nc\nd\ne\n").toString();
    for (float weight : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      String model = damaged(folder, weight).toString();
      String base = folder.resolve("base").toString();
      oneLine("is not a number", "-m", model, "-f", text, "-c", "32");
      oneLine("number", "-m", model, "-f", text, "-c", "32", "--kl-divergence-base", base);
      oneLine("number", "-m", model, "-f", text, "-c", "32", "--ppl-stride", "8");
      oneLine("number", "-m", model, "-f", tasks, "--hellaswag");
      assertTrue(Files.notExists(folder.resolve("base")));
      perplexity("-f", text, "-c", "32", "--save-all-logits", base);
      oneLine("number", "-m", model, "--kl-divergence-base", base, "--kl-divergence");
      Files.delete(folder.resolve("base"));
      for (String ppl : List.of("--ppl", "--no-ppl")) {
        String matrix = folder.resolve("im.gguf").toString();
        Cli.Outcome outcome =
            Cli.run("imatrix", "-m", model, "-f", text, "-c", "32", "-o", matrix, ppl);
        assertEquals(ExitCodes.ERROR, outcome.code(), outcome.err());
        assertTrue(Files.notExists(folder.resolve("im.gguf")));
      }
    }
  }

  /** The embedded model with one weight of its last layer replaced. */
  private static Path damaged(Path folder, float weight) throws IOException {
    Path path = folder.resolve("damaged.gguf");
    try (GgufFile file = DemoModel.open()) {
      GgufWriter writer = new GgufWriter().putAll(file.metadata());
      for (GgufTensor tensor : file.tensors().values()) {
        byte[] data = tensor.data().toArray(ValueLayout.JAVA_BYTE);
        if (tensor.name().equals("output_norm.weight")) {
          ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, weight);
        }
        writer.tensor(tensor.name(), tensor.type(), tensor.shape(), MemorySegment.ofArray(data));
      }
      writer.write(path);
    }
    return path;
  }

  @Test
  void saysWhatIsMissing(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("text"), TEXT);
    String path = text.toString();
    oneLine("give a longer text", "-f", path, "-c", "256");
    oneLine("--chunks is 0", "-f", path, "--chunks", "0");
    oneLine("needs --kl-divergence-base", "--kl-divergence");
    oneLine("there is no such file", "--kl-divergence", "--kl-divergence-base", path + "x");
    oneLine("no file of log-probabilities", "--kl-divergence", "--kl-divergence-base", path);
  }

  private static void oneLine(String message, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "perplexity";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Cli.Outcome outcome = Cli.run(all);
    assertNotEquals(0, outcome.code());
    assertTrue(outcome.err().contains(message), outcome.err());
  }
}
