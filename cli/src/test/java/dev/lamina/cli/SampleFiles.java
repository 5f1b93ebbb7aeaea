package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Valid files of all kinds that commands read, and for each command a line that works with them.
 */
final class SampleFiles {
  /** A word with @ is a file in the folder; {@code @out} are those that are written. */
  static final Map<String, String> LINES = lines();

  /** Options of a short measurement. */
  static final String WINDOW = " -c 32 --chunks 1 -t 2 ";

  private SampleFiles() {}

  private static Map<String, String> lines() {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("run", "run -m @model.gguf -p To -n 2 -c 64 -t 2");
    lines.put("chat", "chat -m @model.gguf -n 2 -c 128 -t 2 --simple-io -p hi -st");
    lines.put("tokenize", "tokenize -m @model.gguf -f @text.txt");
    lines.put("inspect", "inspect --full @model.gguf");
    lines.put("quantize", "quantize --allow-requantize @model.gguf @out.gguf Q4_0 2");
    lines.put("split", "split --split-max-tensors 50 @model.gguf @out");
    lines.put("merge", "merge @part-00001-of-00002.gguf @out.gguf");
    lines.put(
        "imatrix", "imatrix -m @model.gguf -f @text.txt -o @out.gguf" + WINDOW.stripTrailing());
    lines.put("perplexity", "perplexity -m @model.gguf -f @text.txt" + WINDOW.stripTrailing());
    lines.put(
        "quality",
        "quality -m @f16.gguf -f @text.txt --types Q8_0 --no-speed -o @out"
            + WINDOW.stripTrailing());
    lines.put("choose", "choose -m @f16.gguf --bpw 5 --sensitivity @known.json -o @out.gguf -t 2");
    lines.put("card", "card @ -o @out.md");
    lines.put("bench", "bench -m @model.gguf -p 4 -n 1 -r 1 --no-warmup -t 2");
    lines.put("plan", "plan -m @model.gguf -c 64");
    lines.put("devices", "devices");
    lines.put("doctor", "doctor --device cpu --reference @reference.json");
    lines.put("completion", "completion");
    lines.put("warm-up", "warm-up");
    return lines;
  }

  /** The words of a line, with the files of a folder. */
  static List<String> words(Path folder, String line) {
    List<String> words = new ArrayList<>();
    for (String word : line.split(" ")) {
      words.add(word.startsWith("@") ? folder.resolve(word.substring(1)).toString() : word);
    }
    return words;
  }

  static void make(Path folder) throws IOException {
    try (InputStream in = DemoModel.class.getResourceAsStream("demo/" + DemoModel.NAME + ".gguf")) {
      Files.copy(in, folder.resolve("model.gguf"));
    }
    byte[] model = Files.readAllBytes(folder.resolve("model.gguf"));
    Files.write(folder.resolve("model.gguf.part1of2"), Arrays.copyOf(model, 100_000));
    Files.write(
        folder.resolve("model.gguf.part2of2"), Arrays.copyOfRange(model, 100_000, model.length));
    text(folder, "text.txt", plainText());
    text(
        folder,
        "chat.jinja",
        """
        {% for m in messages %}{{ m.role ~ ': ' ~ m['content'] | trim }}
        {% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}\
        """);
    text(
        folder,
        "chat.json",
        """
        {"messages": [{"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "hi"}]},
        {"role": "assistant", "content": "Well", "tool_calls": [{"id": 1}]}]}
        """);
    text(folder, "types.txt", "attn_q=q8_0\nblk\\.[0-3]\\.ffn_down=q6_k\n");
    text(folder, "hellaswag.txt", "To be\n2\nor not\nto be\nthat is\nthe question\n".repeat(2));
    text(folder, "winogrande.csv", "0,The dog saw the cat and _ ran,the dog,the cat,1\n".repeat(4));
    text(
        folder,
        "llama-bench.json",
        """
        [{"build_commit": "abc", "build_number": 7, "n_prompt": 4, "n_gen": 0, "n_depth": 0,
        "samples_ns": [1000000]},
        {"build_commit": "abc", "build_number": 7, "n_prompt": 0, "n_gen": 1, "n_depth": 0,
        "samples_ns": [1000]}]
        """);
    text(folder, "llama-bench.sh", "#!/bin/sh\ncat \"${0%sh}json\"\n");
    LauncherSandbox.executable(folder.resolve("llama-bench.sh"));
    Files.write(folder.resolve("choices.bin"), choices());
    Files.copy(
        Path.of("../engine-core/src/test/resources/dev/lamina/engine/demo-completions.json"),
        folder.resolve("reference.json"));
    String window = " -f @text.txt" + WINDOW;
    for (String line :
        List.of(
            "quantize --allow-requantize @model.gguf @f16.gguf F16",
            "split --split-max-tensors 50 @model.gguf @part",
            "imatrix -m @model.gguf" + window + "-o @im.gguf",
            "imatrix -m @model.gguf" + window + "--output-format dat -o @im.dat",
            "perplexity -m @model.gguf" + window + "--kl-divergence-base @base.kld",
            "run -m @model.gguf -p To -n 1 -c 32 -t 2 --prompt-cache @prompt.state",
            "choose -m @f16.gguf" + window + "--bpw 5 --dry-run --sensitivity @known.json",
            "quality -m @f16.gguf" + window + "--types Q8_0 --no-speed --delete -o @quality")) {
      Cli.Outcome outcome = Cli.run(words(folder, line).toArray(String[]::new));
      assertEquals(0, outcome.code(), line + "\n" + outcome.err());
    }
    Files.copy(folder.resolve("quality/quality.csv"), folder.resolve("quality.csv"));
    Hostile.delete(folder.resolve("quality"));
  }

  private static void text(Path folder, String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  static String plainText() {
    String line = "To be, or not to be, that is the question: whether 'tis nobler to suffer %d. ";
    return IntStream.range(0, 12).mapToObj(line::formatted).collect(Collectors.joining());
  }

  /** Two tasks of multiple choice, in llama-perplexity's binary form. */
  private static byte[] choices() {
    StringBuilder file = new StringBuilder(number(2) + number(0) + number(0));
    for (int task = 0; task < 2; task++) {
      file.append(counted("To be or"));
      for (int set = 0; set < 2; set++) {
        file.append(number(2)).append(counted(" not")).append(counted(" so"));
        file.append(number(1)).append(number(0));
      }
    }
    return file.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String counted(String text) {
    return number(text.length()) + text;
  }

  private static String number(int value) {
    return (char) value + "\0\0\0";
  }
}
