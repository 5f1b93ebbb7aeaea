package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cli.arguments.ArgumentReader;
import dev.lamina.cli.arguments.LlamaOptions;
import dev.lamina.cli.arguments.Options;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The options for how a model's file gets into memory. */
class LoadOptionsTest {
  /** Command lines with which a file of a model is read. */
  private static final List<String> COMMANDS =
      List.of(
          "run -p x -n 1 -m MODEL",
          "chat --chat-template chatml -n 1 -m MODEL",
          "plan -m MODEL",
          "bench -p 1 -n 0 -r 1 -m MODEL",
          "tokenize -p x -m MODEL",
          "inspect -m MODEL",
          "perplexity -c 64 -f TEXT -m MODEL",
          "imatrix -c 64 -f TEXT -o FOLDER/x.imatrix -m MODEL",
          "choose --help",
          "quality --help",
          "quantize --dry-run --allow-requantize MODEL FOLDER/q.gguf Q8_0",
          "split --dry-run MODEL FOLDER/part",
          "card FOLDER -o FOLDER/card.md");

  @TempDir static Path folder;
  private static Path demo;

  @BeforeAll
  static void write() throws IOException {
    demo = folder.resolve("demo.gguf");
    try (InputStream in = DemoModel.class.getResourceAsStream("demo/" + DemoModel.NAME + ".gguf")) {
      Files.copy(in, demo);
    }
    Files.writeString(folder.resolve("text"), "To be, or not to be.\n".repeat(60));
  }

  private static Cli.Outcome run(String line, String... more) {
    List<String> args = new ArrayList<>();
    for (String word : line.split(" ")) {
      args.add(
          word.replace("MODEL", demo.toString())
              .replace("TEXT", folder.resolve("text").toString())
              .replace("FOLDER", folder.toString()));
    }
    args.addAll(Arrays.asList(more));
    return Cli.run(args.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "'', auto",
    "-lm none, none",
    "--load-mode MMAP, mmap",
    "--no-mmap, none",
    "--mmap, mmap",
    "-dio, dio",
    "--direct-io --no-direct-io, auto",
    "--no-mmap --mmap, mmap",
    "--mmap --no-mmap, none",
    "-lm dio --no-mmap, none",
    "--no-mmap -lm mmap+mlock, mmap+mlock",
    "-lm none --mmap, mmap",
    "--no_mmap --mlock, none",
    "LLAMA_ARG_NO_MMAP=1, none",
    "LLAMA_ARG_MMAP=off, none",
    "LLAMA_ARG_MMAP=on, mmap",
    "LLAMA_ARG_DIO=1, dio",
    "LLAMA_ARG_LOAD_MODE=mlock, mlock",
    "LLAMA_ARG_LOAD_MODE=mlock -lm mmap, mmap",
    "LLAMA_ARG_MMAP=off --mmap, mmap",
  })
  void theLastCounts(String line, String mode) {
    Map<String, String> environment = new HashMap<>();
    List<String> words = new ArrayList<>();
    for (String word : line.isEmpty() ? new String[0] : line.split(" ")) {
      String[] pair = word.split("=");
      if (pair.length == 2) {
        environment.put(pair[0], pair[1]);
      } else {
        words.add(word);
      }
    }
    LoadOptions load = new LoadOptions();
    CommandSpec spec = CommandSpec.create();
    load.declare(new Options(spec));
    CommandLine command = new CommandLine(spec);
    List<String> read =
        new ArgumentReader(command.getCommandSpec(), LlamaOptions.of("run"), environment)
            .read(words)
            .words();
    command.parseArgs(read.toArray(String[]::new));
    assertEquals(mode, load.mode(Cli.console()).label());
  }

  @Test
  void theTextIsTheSame() {
    String line = "run -p Once -n 12 -s 3 -m MODEL";
    String expected = run(line).out();
    for (String repack : List.of("--no-repack", "--repack")) {
      String plain = run(line, repack).out();
      for (String mode : List.of("none", "mmap", "mlock", "mmap+mlock", "dio", "auto")) {
        Cli.Outcome outcome = run(line, repack, "-lm", mode);
        assertEquals(0, outcome.code(), outcome.err());
        assertEquals(plain, outcome.out(), mode);
        assertEquals(mode.contains("mlock"), outcome.err().contains("memory is not locked"));
      }
    }
    assertEquals(expected, run(line, "--no-mmap").out());
  }

  @Test
  void everyCommandTakesThem() {
    for (String line : COMMANDS) {
      String plain = run(line).out();
      for (String option : List.of("--no-mmap", "-lm=dio")) {
        Cli.Outcome outcome =
            line.startsWith("bench")
                ? run(line, "-lm", option.equals("-lm=dio") ? "dio" : "none")
                : run(line, option);
        assertEquals(0, outcome.code(), line + " " + option + ": " + outcome.err());
        if (line.startsWith("tokenize") || line.startsWith("inspect")) {
          assertEquals(plain, outcome.out(), line);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-lm fast", "-lm ", "-lm none,mmap"})
  void refusesOthers(String option) {
    Cli.Outcome outcome = run("run -p x -n 1 -m MODEL", option.split(" ", 2));
    assertEquals(2, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("load mode"), outcome.err());
  }

  /** Weights that are usually mapped are copies in memory. */
  @Test
  void thePlanCountsWhatIsHeld() {
    String mapped = run("plan -ngl 0 --no-repack -m MODEL").out();
    String held = run("plan -ngl 0 --no-repack -m MODEL", "--no-mmap").out();
    assertEquals(total(mapped), total(held), 0.02 * total(mapped));
    double packed = total(run("plan -ngl 0 -m MODEL").out());
    double packedAlone = total(run("plan -ngl 0 -m MODEL", "--no-mmap").out());
    assertTrue(packedAlone < packed - 1, packedAlone + " MiB, mapped " + packed);
    assertTrue(packedAlone > total(held), "repacked weights, and the embedding");
  }

  /** MiB in the line of the CPU. */
  private static double total(String plan) {
    String line =
        plan.lines().filter(text -> text.startsWith("cpu:0 ")).reduce((a, b) -> b).orElseThrow();
    String[] cells = line.strip().split(" {2,}");
    return Double.parseDouble(cells[6].replace(" MiB", ""));
  }

  @Tag("quality")
  @Test
  void benchLoadsTheFileInEachWay() {
    Cli.Outcome outcome = run("bench -p 4 -n 0 -r 1 -o csv -m MODEL -lm none,mmap -mmp 0 -dio 1");
    assertEquals(0, outcome.code(), outcome.err());
    for (String mode : List.of("none", "mmap", "dio")) {
      assertTrue(outcome.out().contains("\"" + mode + "\""), outcome.out());
    }
  }
}
