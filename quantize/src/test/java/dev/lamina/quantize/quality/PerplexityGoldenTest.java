package dev.lamina.quantize.quality;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.cpu.CpuBackendProvider;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.GgufFile;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Perplexity and divergence of llama.cpp's files: what torch found, with float activations too. */
@Tag("quality")
class PerplexityGoldenTest {
  private static final int WINDOW = 256;
  private static final int COUNT = 40;

  @Test
  void agreesWithTorch(@TempDir Path folder) throws IOException {
    String text = Files.readString(GoldenData.file("text/tempest.txt"));
    List<String> rows = Files.readAllLines(GoldenData.file("golden/quality.csv"));
    Path base = folder.resolve("base");
    withSession("shakespeare-5m-F16.gguf", session -> write(session, text, base, rows));
    for (String file : quantized(rows)) {
      withSession(file, session -> compare(file, session, base, rows));
    }
  }

  private static List<String> quantized(List<String> rows) {
    return rows.stream()
        .skip(1)
        .map(row -> row.substring(0, row.indexOf(',')))
        .filter(file -> !file.contains("F16"))
        .toList();
  }

  /** Weights as in the file are multiplied with float activations. */
  private static void withSession(String name, Consumer<Session> use) {
    CpuBackendProvider provider = new CpuBackendProvider();
    RuntimeConfig config = RuntimeConfig.of(WINDOW, WINDOW).withMaxLogits(WINDOW);
    try (GgufFile file = GgufFile.open(GoldenData.file("models/" + name));
        Backend backend =
            provider.open(
                provider.devices().getFirst(), new BackendOptions(2, false, CpuKernels.VECTOR));
        Session session = new Session(Model.load(file, RopeOverrides.none()), backend, config)) {
      use.accept(session);
    }
  }

  private static void write(Session session, String text, Path base, List<String> rows) {
    int[] tokens = session.model().tokenizer().encode(text, false, false);
    Windows windows = Windows.of(tokens, WINDOW, COUNT);
    int nVocab = session.model().config().nVocab();
    Perplexity perplexity;
    try (BaseFile file = BaseFile.createExact(base, windows, nVocab)) {
      perplexity = Evaluation.perplexity(session, windows, file, (_, _) -> {});
      file.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    double expected = expected(rows, "shakespeare-5m-F16.gguf", 2);
    assertEquals(expected, perplexity.estimate().value(), 0.002 * expected);
  }

  private static void compare(String name, Session session, Path base, List<String> rows) {
    Divergence divergence;
    try (BaseFile file = BaseFile.open(base)) {
      divergence = Evaluation.divergence(session, file, -1, (_, _) -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    double expected = expected(rows, name, 3);
    double actual = divergence.mean().value();
    System.out.printf("%s: mean KL divergence %.4f of torch's%n", name, actual / expected);
    assertEquals(expected, actual, 0.03 * expected, name);
    double ppl = expected(rows, name, 2);
    assertEquals(ppl, divergence.perplexity().value(), 0.003 * ppl, name);
  }

  private static double expected(List<String> rows, String name, int column) {
    return rows.stream()
        .map(row -> row.split(",", -1))
        .filter(row -> row[0].equals(name))
        .mapToDouble(row -> Double.parseDouble(row[column]))
        .findFirst()
        .orElseThrow();
  }
}
