package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.bench.quality.QualityRow;
import dev.lamina.bench.quality.QualityTable;
import dev.lamina.gguf.GgufFile;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code lamina quality}, {@code choose} and {@code card} on the embedded model, made F16 again.
 */
class QualityCommandTest {
  @TempDir private static Path folder;
  private static String model;
  private static String text;

  @BeforeAll
  static void makeFiles() throws IOException {
    Path demo = folder.resolve("demo.gguf");
    try (InputStream in = DemoModel.class.getResourceAsStream("demo/" + DemoModel.NAME + ".gguf")) {
      Files.copy(in, demo);
    }
    model = folder.resolve("demo-F16.gguf").toString();
    Cli.Outcome outcome = Cli.run("quantize", "--allow-requantize", demo.toString(), model, "F16");
    assertEquals(0, outcome.code(), outcome.err());
    String line = "To be, or not to be, that is the question: whether 'tis nobler to suffer %d. ";
    text =
        Files.writeString(
                folder.resolve("text"),
                IntStream.range(0, 12).mapToObj(line::formatted).collect(Collectors.joining()))
            .toString();
  }

  private static Cli.Outcome quality(Path out, String... more) {
    List<String> arguments =
        new java.util.ArrayList<>(
            List.of("quality", "-m", model, "-f", text, "-o", out.toString(), "-c", "64"));
    arguments.addAll(List.of(more));
    return Cli.run(arguments.toArray(String[]::new));
  }

  @Test
  @Tag("quality")
  void measuresDrawsAndDescribes() throws IOException {
    Path out = folder.resolve("out");
    Cli.Outcome outcome =
        quality(
            out,
            "--types",
            "Q8_0,Q2_K",
            "--choose",
            "5",
            "--int8",
            "-p",
            "8",
            "-n",
            "4",
            "-r",
            "1",
            "--chunks",
            "3");
    assertEquals(0, outcome.code(), outcome.err());
    List<QualityRow> rows = QualityTable.read(out.resolve("quality.csv"));
    assertEquals(
        List.of("Q8_0", "Q2_K", "chosen-5.00"), rows.stream().map(QualityRow::type).toList());
    for (QualityRow row : rows) {
      assertEquals(Files.size(out.resolve(row.file())), row.bytes());
      assertTrue(row.speeds().get("cpu pp8") > 0 && row.speeds().get("cpu tg4") > 0);
      assertFalse(Double.isNaN(row.meanDivergenceInt8()));
    }
    assertTrue(rows.get(0).meanDivergence() < rows.get(1).meanDivergence());
    assertTrue(rows.get(2).bitsPerWeight() <= 5, "bits: " + rows.get(2).bitsPerWeight());
    assertTrue(rows.get(2).meanDivergence() < rows.get(1).meanDivergence());
    String page = Files.readString(out.resolve("index.html"));
    assertTrue(page.contains("<td>Q2_K</td>") && page.contains("kld.svg"), page);
    for (String picture : List.of("kld.svg", "kld.png", "speed-cpu-pp8.svg", "speed-cpu-tg4.png")) {
      assertTrue(Files.size(out.resolve(picture)) > 1000, picture);
    }
    assertFalse(Files.exists(out.resolve("base.logits")));
    card(out);
    resumes(out, rows);
  }

  private static void card(Path out) throws IOException {
    Cli.Outcome outcome =
        Cli.run(
            "card",
            out.toString(),
            "--base-model",
            "someone/demo",
            "--license",
            "mit",
            "--repo",
            "me/demo-GGUF");
    assertEquals(0, outcome.code(), outcome.err());
    String card = Files.readString(out.resolve("README.md"));
    assertTrue(card.startsWith("---\nbase_model: someone/demo\n"), card);
    assertTrue(card.contains("license: mit\n"), card);
    assertTrue(card.contains("| [demo-Q2_K.gguf](https://huggingface.co/me/demo-GGUF/"), card);
    assertTrue(card.contains("## Which to choose"), card);
    assertTrue(card.contains("| type | size | cpu pp8 | % | cpu tg4 | % |"), card);
    assertTrue(card.contains("mixed, chosen by tensor"), card);
  }

  /** Rows in the table stay unchanged. */
  private static void resumes(Path out, List<QualityRow> rows) throws IOException {
    Cli.Outcome outcome =
        quality(
            out,
            "--types",
            "Q8_0,Q2_K,Q4_0",
            "--resume",
            "--no-speed",
            "--delete",
            "--chunks",
            "3");
    assertEquals(0, outcome.code(), outcome.err());
    List<QualityRow> now = QualityTable.read(out.resolve("quality.csv"));
    assertEquals(rows, now.subList(0, 3));
    assertEquals("Q4_0", now.get(3).type());
    assertFalse(Files.exists(out.resolve(now.get(3).file())));
  }

  /** Sensitivities with a matrix too many, one too few, and a value that is no number. */
  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "{\"blk.0.ffn_up.weight\": null}", "{\"a\": -1}", "[1]"})
  void sensitivitiesHaveToBeThoseOfTheModel(String json) throws IOException {
    Path known = Files.writeString(folder.resolve("known.json"), json);
    Cli.Outcome outcome =
        Cli.run("choose", "-m", model, "--bpw", "5", "--dry-run", "--sensitivity", "" + known);
    assertEquals(ExitCodes.ERROR, outcome.code());
    assertTrue(outcome.err().contains("sensitivit"), outcome.err());
    assertFalse(outcome.err().contains("unexpected"), outcome.err());
  }

  @Test
  @Tag("quality")
  void choosesWithinASize() throws IOException {
    String out = folder.resolve("chosen.gguf").toString();
    String sensitivity = folder.resolve("sensitivity.json").toString();
    Cli.Outcome outcome =
        Cli.run(
            "choose",
            "-m",
            model,
            "-f",
            text,
            "-c",
            "64",
            "--chunks",
            "2",
            "--size",
            "3M",
            "-o",
            out,
            "--sensitivity",
            sensitivity);
    assertEquals(0, outcome.code(), outcome.err());
    long size = Files.size(Path.of(out));
    assertTrue(size > 2_800_000 && size < 3_100_000, "bytes: " + size);
    Cli.Outcome again =
        Cli.run(
            "choose",
            "-m",
            model,
            "--bpw",
            "4",
            "--sensitivity",
            sensitivity,
            "--dry-run",
            "--for-gpu-layers",
            "3");
    assertEquals(0, again.code(), again.err());
    assertTrue(again.out().contains("blk.0.ffn_up.weight"), again.out());
    // I-quants on the GPU alone.
    assertFalse(
        again.out().lines().anyMatch(l -> l.matches("blk\\.[012]\\..*") && l.contains("IQ")),
        again.out());
    try (GgufFile file = GgufFile.open(Path.of(out))) {
      assertTrue(
          file.tensors().values().stream().map(t -> t.type()).distinct().count() > 2,
          "types are all the same");
      assertTrue(
          file.tensors().values().stream()
              .anyMatch(t ->
                  t.type() == TensorType.Q8_0
                      || t.type() == TensorType.Q6_K
                      || t.type() == TensorType.Q5_K));
    }
  }

  @Test
  void saysInOneLineWhatIsWrong() throws IOException {
    error("expected either --bpw or --size", "choose", "-m", model, "-f", text, "-o", "x");
    error("name the file to write", "choose", "-m", model, "-f", text, "--bpw", "4");
    error("--bpw is 0.5", "choose", "-m", model, "-f", text, "-o", "x", "--bpw", "0.5");
    error(
        "ask for a larger file",
        "choose",
        "-m",
        model,
        "-f",
        text,
        "-c",
        "64",
        "--chunks",
        "2",
        "--size",
        "1M",
        "--dry-run");
    error(
        "no file could be made",
        "quality",
        "-m",
        model,
        "-f",
        text,
        "-c",
        "64",
        "--chunks",
        "2",
        "--types",
        "IQ1_S",
        "--no-speed",
        "-o",
        folder.resolve("none").toString());
    assertFalse(Files.exists(folder.resolve("none")));
    error("no type 'Q9'", "quality", "-m", model, "-f", text, "--types", "Q9");
    error("give a longer text", "quality", "-m", model, "-f", text, "-c", "2048");
    assertFalse(Files.exists(Path.of("quality")));
    error("is no folder", "card", model);
    Path empty = Files.createDirectory(folder.resolve("empty"));
    error("there are no GGUF files", "card", empty.toString());
  }

  private static void error(String message, String... arguments) {
    Cli.Outcome outcome = Cli.run(arguments);
    assertTrue(outcome.code() != 0, outcome.out());
    assertTrue(outcome.err().contains(message), outcome.err());
    assertEquals(1, outcome.err().lines().filter(l -> l.startsWith("error: ")).count());
  }
}
