package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The handling of model files, the same for every command. */
class FileOptionsTest {
  /** Command lines up to the model's file. */
  private static final List<String> COMMANDS =
      List.of(
          "run -p x -n 1 -m",
          "chat --chat-template chatml -n 1 -m",
          "plan -m",
          "bench -p 1 -n 0 -r 1 -m",
          "tokenize -p x -m",
          "perplexity -f TEXT -m",
          "imatrix -f TEXT -o FOLDER/x.imatrix -m",
          "choose -f TEXT --size 1M -o FOLDER/x.gguf -m",
          "quality -f TEXT -o FOLDER/quality -m");

  @TempDir static Path folder;
  private static Path demo;

  @BeforeAll
  static void write() throws IOException {
    demo = folder.resolve("demo.gguf");
    try (InputStream in = DemoModel.class.getResourceAsStream("demo/" + DemoModel.NAME + ".gguf")) {
      Files.copy(in, demo);
    }
    Files.writeString(folder.resolve("text"), "To be, or not to be.\n".repeat(400));
  }

  private static Cli.Outcome run(String command, Path model, String... more) {
    String line =
        command
            .replace("TEXT", folder.resolve("text").toString())
            .replace("FOLDER", folder.toString());
    List<String> args = new ArrayList<>(List.of(line.split(" ")));
    args.add(model.toString());
    args.addAll(Arrays.asList(more));
    return Cli.run(args.toArray(String[]::new));
  }

  @Test
  void everyCommandTellsWhatIsNoModel() throws IOException {
    for (String type : List.of("adapter", "imatrix", "mmproj")) {
      Path path = folder.resolve(type + ".gguf");
      new GgufWriter()
          .put("general.type", type)
          .put("general.architecture", "llama")
          .tensor("x", TensorType.F32, List.of(8L), MemorySegment.ofArray(new byte[32]))
          .write(path);
      for (String command : COMMANDS) {
        Cli.Outcome outcome = run(command, path);
        assertNotEquals(0, outcome.code(), command);
        assertTrue(outcome.err().contains(type), command + ": " + outcome.err());
        assertTrue(outcome.err().contains("expected a language model"), outcome.err());
      }
      Cli.Outcome inspect = run("inspect -m", path);
      assertEquals(0, inspect.code());
      assertTrue(inspect.out().contains(type), inspect.out());
    }
  }

  @Test
  void everyCommandTakesTheUsersKeys() {
    for (String command : COMMANDS) {
      Cli.Outcome outcome = run(command, demo, "--override-kv", "general.type=str:adapter");
      assertEquals(1, outcome.code(), command);
      assertTrue(outcome.err().contains("LoRA adapter"), command + ": " + outcome.err());
    }
    Cli.Outcome inspect =
        run("inspect --metadata -m", demo, "--override-kv", "a.b=int:-5,c.d=str:x, y");
    assertTrue(inspect.out().contains("-5"), inspect.out());
    assertTrue(inspect.out().contains("x, y"), inspect.out());
  }

  @Test
  void copiesHaveTheUsersKeys() throws IOException {
    Path cut = Files.createDirectories(folder.resolve("cut"));
    String keys = "general.name=str:Mine, all mine,some.number=int:-7";
    String split = "split --override-kv KEYS --split-max-tensors 20 MODEL CUT/part";
    String[] lines = {
      split, "merge --override-kv KEYS CUT/part-00001-of-00002.gguf CUT/whole.gguf",
    };
    for (String line : lines) {
      String[] words = line.split(" ");
      for (int i = 0; i < words.length; i++) {
        words[i] =
            words[i]
                .replace("KEYS", line.startsWith("split") ? keys : "some.number=int:-8")
                .replace("MODEL", demo.toString())
                .replace("CUT", cut.toString());
      }
      if (line.startsWith("merge")) {
        String[] names = cut.toFile().list();
        Arrays.sort(names);
        words[3] = cut.resolve(names[0]).toString();
      }
      Cli.Outcome outcome = Cli.run(words);
      assertEquals(0, outcome.code(), outcome.err());
    }
    try (GgufFile file = GgufFile.open(cut.resolve("whole.gguf"))) {
      assertEquals("Mine, all mine", file.metadata().string("general.name"));
      assertEquals(-8, file.metadata().wide("some.number"));
    }
    Path card = folder.resolve("card.md");
    Cli.Outcome outcome =
        Cli.run(
            "card",
            cut.toString(),
            "-o",
            card.toString(),
            "--override-kv",
            "general.license=str:my-license");
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(Files.readString(card).contains("my-license"), Files.readString(card));
  }

  @Test
  void keysChangeWhatIsDone() {
    String bos = "tokenizer.ggml.add_bos_token=bool:true,tokenizer.ggml.bos_token_id=int:5";
    String plain = run("tokenize --ids -p x -m", demo).out();
    String with = run("tokenize --ids -p x -m", demo, "--override-kv", bos).out();
    assertEquals("[5, " + plain.substring(1), with);
    Cli.Outcome refused =
        run("run -p x -n 1 -m", demo, "--override-kv", "qwen2.logit_scale=float:2");
    assertTrue(refused.err().contains("qwen2.logit_scale"), refused.err());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "x=y",
        "x=int:",
        "x=int:1.5",
        "x=bool:1",
        "x=what:1",
        "=int:1",
        "",
        "x=int:9223372036854775808",
        "x=float:1e39",
        "x=float:NaN"
      })
  void refusesWhatIsNoKey(String text) {
    Cli.Outcome outcome = run("run -p x -n 1 -m", demo, "--override-kv", text);
    assertEquals(2, outcome.code(), outcome.err());
    assertTrue(outcome.err().contains("--override-kv"), outcome.err());
    assertFalse(outcome.err().contains("unexpected"), outcome.err());
  }

  @ParameterizedTest
  @CsvSource({"F32, 0, 0x7FC00000", "F16, 1, 0x7C00", "Q4_0, 2, 0x7E00", "Q8_0, 8, 0xFC00"})
  void checkTensorsFindsWhatIsNoNumber(TensorType type, int id, String wrong) throws IOException {
    byte[] data = new byte[4 * type.blockBytes()];
    int at = 2 * type.blockBytes();
    int bits = Integer.decode(wrong);
    for (int i = 0; i < (type == TensorType.F32 ? 4 : 2); i++) {
      data[at + i] = (byte) (bits >>> 8 * i);
    }
    Path path = folder.resolve("damaged-" + id + ".gguf");
    long columns = 2L * type.blockSize();
    new GgufWriter()
        .put("general.architecture", "llama")
        .tensor(
            "good", type, List.of(columns), MemorySegment.ofArray(new byte[2 * type.blockBytes()]))
        .tensor("bad", type, List.of(columns, 2L), MemorySegment.ofArray(data))
        .write(path);
    for (String command : List.of("run -p x -n 1 -m", "inspect -m", "tokenize -p x -m")) {
      Cli.Outcome outcome = run(command, path, "--check-tensors");
      assertEquals(1, outcome.code(), outcome.err());
      assertTrue(
          outcome.err().contains("tensor bad: the weight in row 1, column 0"), outcome.err());
    }
  }

  @Test
  void checkTensorsLetsAGoodFilePass() {
    Cli.Outcome outcome = run("run --temp 0 -p x -n 1 -m", demo, "--check-tensors");
    assertEquals(0, outcome.code(), outcome.err());
    assertEquals(run("run --temp 0 -p x -n 1 -m", demo).out(), outcome.out());
  }

  /** Commands that run a model show warnings once, and inspect shows all. */
  @Test
  void oddFilesRunWithAWarning() throws IOException {
    String odd = "tokenizer.ggml.eos_token_id=int:99999,tokenizer.ggml.padding_token_id=int:-1";
    for (String command : COMMANDS.subList(0, 5)) {
      Cli.Outcome outcome = run(command, demo, "--override-kv", odd);
      assertEquals(0, outcome.code(), command + ": " + outcome.err());
      assertEquals(1, outcome.err().split("eos_token_id is 99999", -1).length - 1, outcome.err());
      assertEquals(1, outcome.err().split("padding_token_id is -1", -1).length - 1, outcome.err());
    }
    Cli.Outcome inspect = run("inspect -m", demo, "--override-kv", odd);
    assertTrue(inspect.out().contains("eos_token_id is 99999"), inspect.out());
    assertTrue(inspect.out().contains("can be run    yes"), inspect.out());
  }
}
