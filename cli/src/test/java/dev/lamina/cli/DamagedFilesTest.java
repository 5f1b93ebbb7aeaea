package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Damaged files of all kinds that commands read: each command ends soon, and in one line. */
@DisabledOnOs(OS.WINDOWS)
@Tag("quality")
class DamagedFilesTest {
  private static final String SHORT = SampleFiles.WINDOW;
  private static final String PPL = "perplexity -m @model.gguf" + SHORT;
  private static final String DRY = "quantize --dry-run --allow-requantize ";
  private static final String CHAT = "chat -m @model.gguf -n 1 -c 1024 -t 2 ";
  private static final String BENCH = "bench -m @model.gguf -p 4 -n 1 -r 1 --no-warmup -t 2 ";

  /** Slow lines are tried less often, and rarely in the short form. */
  private static final int COSTLY = 20;

  /** The slowest lines take seconds, and are not in the short form. */
  private static final int SLOWEST = 5;

  /**
   * The file to damage, the share of variants to try in the long form (percent), and the line that
   * reads it.
   */
  private static final List<String> LINES =
      List.of(
          "model.gguf 100 run -m @model.gguf -p To -n 1 -c 32 -t 2",
          "model.gguf 100 run -m @model.gguf -p To -n 1 -c 32 -t 2 --no-repack",
          "model.gguf 100 inspect --full @model.gguf",
          "model.gguf 50 inspect --json -m @model.gguf",
          "model.gguf 3 doctor --device cpu -m @model.gguf",
          "model.gguf 50 " + CHAT,
          "model.gguf 100 tokenize -m @model.gguf -f @text.txt",
          "model.gguf 50 " + DRY + "@model.gguf Q4_K_M",
          "model.gguf 20 quantize --allow-requantize @model.gguf @out.gguf Q4_0 2",
          "model.gguf 20 split --split-max-tensors 50 @model.gguf @out",
          "model.gguf 20 imatrix -m @model.gguf -f @text.txt -o @out.gguf" + SHORT,
          "model.gguf 20 " + PPL + "-f @text.txt",
          "model.gguf 10 perplexity -m @model.gguf"
              + SHORT
              + "-f @text.txt --kl-divergence-base @out",
          "model.gguf 8 " + BENCH,
          "model.gguf 50 plan -m @model.gguf -c 64",
          "model.gguf 20 card @ -o @out.md",
          "f16.gguf 5 choose -m @f16.gguf -f @text.txt --bpw 5 --sensitivity @known.json -o @out"
              + SHORT,
          "f16.gguf 3 quality -m @f16.gguf -f @text.txt --types Q8_0 --no-speed -o @out" + SHORT,
          "part-00001-of-00002.gguf 50 run -m @part-00001-of-00002.gguf -p To -n 1 -c 32 -t 2",
          "part-00002-of-00002.gguf 50 run -m @part-00001-of-00002.gguf -p To -n 1 -c 32 -t 2",
          "part-00001-of-00002.gguf 20 merge @part-00001-of-00002.gguf @out.gguf",
          "part-00002-of-00002.gguf 20 merge @part-00001-of-00002.gguf @out.gguf",
          "model.gguf.part1of2 50 run -m @model.gguf.part1of2 -p To -n 1 -c 32 -t 2",
          "model.gguf.part2of2 20 run -m @model.gguf.part1of2 -p To -n 1 -c 32 -t 2",
          "im.gguf 100 " + DRY + "--imatrix @im.gguf @model.gguf Q4_K_M",
          "im.dat 100 " + DRY + "--imatrix @im.dat @model.gguf Q4_K_M",
          "im.dat 20 quantize --allow-requantize --imatrix @im.dat @model.gguf @out.gguf IQ4_XS 2",
          "im.gguf 50 imatrix --in-file @im.gguf -o @out.gguf",
          "im.dat 50 imatrix --in-file @im.dat -o @out.gguf",
          "im.gguf 50 imatrix --show-statistics --in-file @im.gguf",
          "im.dat 50 imatrix --show-statistics --in-file @im.dat",
          "im.gguf 20 imatrix --resume -m @model.gguf -f @text.txt -o @im.gguf" + SHORT,
          "im.gguf 3 quality -m @f16.gguf -f @text.txt --types IQ2_XS --no-speed --imatrix @im.gguf"
              + " -o @out"
              + SHORT,
          "im.dat 3 choose -m @f16.gguf --bpw 5 --sensitivity @known.json --imatrix @im.dat --dry-run",
          "im.gguf 20 inspect @im.gguf",
          "base.kld 100 " + PPL + "--kl-divergence-base @base.kld --kl-divergence",
          "known.json 5 choose -m @f16.gguf -f @text.txt --bpw 5 --sensitivity @known.json --dry-run"
              + SHORT,
          "quality.csv 50 card @ --quality @quality.csv -o @out.md",
          "quality.csv 50 card @ -o @out.md",
          "chat.json 100 " + CHAT + "--load @chat.json",
          "prompt.state 50 run -m @model.gguf -p To -n 1 -c 32 -t 2 --prompt-cache @prompt.state"
              + " --prompt-cache-ro",
          "chat.jinja 100 " + CHAT + "--chat-template-file @chat.jinja",
          "types.txt 50 " + DRY + "--tensor-type-file @types.txt @model.gguf Q4_K_M",
          "text.txt 50 tokenize -m @model.gguf -f @text.txt",
          "text.txt 20 run -m @model.gguf -f @text.txt -n 1 -c 1024 -t 2",
          "text.txt 20 run -m @model.gguf -bf @text.txt -n 1 -c 1024 -t 2",
          "text.txt 20 " + CHAT + "-f @text.txt",
          "text.txt 20 " + CHAT + "-sysf @text.txt",
          "text.txt 20 " + PPL + "-f @text.txt",
          "text.txt 20 " + PPL + "-bf @text.txt",
          "text.txt 20 imatrix -m @model.gguf -f @text.txt -o @out.gguf" + SHORT,
          "text.txt 2 quality -m @f16.gguf -f @text.txt --types Q8_0 --no-speed -o @out" + SHORT,
          "text.txt 2 quality -m @f16.gguf -f @text.txt --choose 5 --types Q8_0 --no-speed"
              + " --calibration @text.txt -o @out"
              + SHORT,
          "text.txt 2 choose -m @f16.gguf --dry-run --bpw 5 -f @text.txt" + SHORT,
          "hellaswag.txt 50 " + PPL + "--hellaswag -f @hellaswag.txt",
          "winogrande.csv 50 " + PPL + "--winogrande -f @winogrande.csv",
          "choices.bin 50 " + PPL + "--multiple-choice -bf @choices.bin",
          "choices.bin 20 " + PPL + "--multiple-choice -f @choices.bin",
          "llama-bench.json 10 " + BENCH + "--compare llama.cpp --llama-bench @llama-bench.sh",
          "reference.json 4 doctor --device cpu --reference @reference.json");

  /** Bytes before the model's tensors, which may have any value. */
  private static final int METADATA = 63_000;

  /** Options whose files are written, not read. */
  private static final Set<String> WRITTEN = Set.of("--output", "--plot", "--save");

  @TempDir private static Path originals;
  @TempDir private Path folder;

  static Stream<String> lines() {
    return LINES.stream().filter(line -> Hostile.LONG || Target.of(line).percent > SLOWEST);
  }

  @BeforeAll
  static void makeFiles() throws IOException {
    SampleFiles.make(originals);
  }

  @AfterAll
  static void report() {
    Hostile.report();
  }

  /** A file that this line damages. */
  private record Target(String name, int percent, String line) {
    static Target of(String text) {
      String[] words = text.split(" ", 3);
      return new Target(words[0], Integer.parseInt(words[1]), words[2]);
    }

    String kind() {
      return "damaged " + name + " read by " + line.substring(0, line.indexOf(' '));
    }

    List<String> words(Path folder) {
      return SampleFiles.words(folder, line);
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void damagedFile(String text) throws IOException {
    Target target = Target.of(text);
    List<String> kept = copyOriginals();
    List<String> arguments = target.words(folder);
    Path file = folder.resolve(target.name);
    byte[] good = Files.readAllBytes(file);
    assertEquals(0, check(target, arguments, kept).code(), text);
    Damage damage = new Damage(good, METADATA, new Random(text.hashCode()));
    List<byte[]> all = new ArrayList<>(List.of(new byte[0], new byte[1000], damage.noise(1000)));
    int first = Hostile.LONG || target.percent > COSTLY ? 0 : all.size() - 1;
    int count = all.size() + Hostile.count(target.percent > COSTLY ? 6 : 1, 2 * target.percent);
    for (int i = first; i < count; i++) {
      Hostile.delete(file);
      Files.write(file, i < all.size() ? all.get(i) : damage.next());
      check(target, arguments, kept);
    }
    if (!Hostile.LONG && target.percent <= COSTLY) {
      return;
    }
    oddPlaces(target, file, arguments, kept);
  }

  /** Tries a missing file, a folder, an endless device and an empty one. */
  private void oddPlaces(Target target, Path file, List<String> arguments, List<String> kept)
      throws IOException {
    Hostile.delete(file);
    check(target, arguments, kept);
    Files.deleteIfExists(file);
    Files.createDirectory(file);
    check(target, arguments, kept);
    Hostile.delete(file);
    for (String device : List.of("/dev/zero", "/dev/null", "/proc/self/mem", file.toString())) {
      Files.createSymbolicLink(file, Path.of(device));
      check(target, arguments, kept);
      Files.deleteIfExists(file);
    }
  }

  private Cli.Outcome check(Target target, List<String> arguments, List<String> kept)
      throws IOException {
    Cli.Outcome outcome = Hostile.check(target.kind(), arguments);
    Hostile.checkLeft(folder, kept, arguments, outcome);
    return outcome;
  }

  private List<String> copyOriginals() throws IOException {
    List<String> names = new ArrayList<>();
    for (Path file : Hostile.files(originals)) {
      Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      names.add(file.getFileName().toString());
    }
    return names;
  }

  /** A new option that reads a file has to be tried here. */
  @Test
  void everyOptionThatReadsAFileIsTried() {
    Set<String> tried = new HashSet<>();
    for (String text : LINES) {
      Target target = Target.of(text);
      String previous = "";
      for (String word : target.line.split(" ")) {
        if (word.equals("@" + target.name)) {
          tried.add(target.line.split(" ")[0] + " " + previous);
        }
        previous = word;
      }
    }
    CommandLine root = CommandLines.create(Cli.console());
    List<String> missing = new ArrayList<>();
    root.getSubcommands()
        .forEach((name, command) -> {
          for (OptionSpec option : command.getCommandSpec().options()) {
            if (isPath(option)
                && !WRITTEN.contains(option.longestName())
                && Stream.of(option.names()).noneMatch(n -> tried.contains(name + " " + n))) {
              missing.add(name + " " + option.longestName());
            }
          }
        });
    assertTrue(missing.isEmpty(), "never given a damaged file: " + missing);
  }

  private static boolean isPath(ArgSpec arg) {
    return arg.typeInfo().getType() == Path.class
        || arg.isMultiValue() && arg.typeInfo().getAuxiliaryTypes()[0] == Path.class;
  }
}
