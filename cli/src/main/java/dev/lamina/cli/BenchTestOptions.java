package dev.lamina.cli;

import dev.lamina.bench.BenchParameters;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.FlashAttention;
import dev.lamina.bench.NumberList;
import dev.lamina.bench.ReportedParameter;
import dev.lamina.bench.batched.BatchedRun;
import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.kernels.TensorType;
import dev.lamina.runtime.PhysicalCores;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The tests to measure, as in llama-bench. Each option has a list of values from all its
 * occurrences.
 */
final class BenchTestOptions implements OptionHolder {
  private List<String> prompts = List.of("512");

  private List<String> generations = List.of("128");

  private List<String> both = List.of();
  private List<String> streams = List.of();
  private List<String> depths = List.of("0");

  private List<String> threads = List.of();
  private List<String> batches = List.of("2048");

  private List<String> ubatches = List.of("512");

  private List<String> keyTypes = List.of("f16");

  private List<String> valueTypes = List.of("f16");

  private List<String> flashAttention = List.of("auto");

  private List<String> repack = List.of("1");

  private List<String> kernels = List.of("auto");

  @Override
  public void declare(Options options) {
    options.addList(
        OptionSpec.builder("-p", "--n-prompt")
            .paramLabel("N")
            .description("lengths of prompts; 0: none (default: 512)"),
        String.class,
        value -> prompts = value);
    options.addList(
        OptionSpec.builder("-n", "--n-gen")
            .paramLabel("N")
            .description("tokens to generate; 0: none (default: 128)"),
        String.class,
        value -> generations = value);
    options.addList(
        OptionSpec.builder("-pg")
            .paramLabel("PP,TG")
            .description("a prompt and tokens generated after it, timed together"),
        String.class,
        value -> both = value);
    options.addList(
        OptionSpec.builder("-np", "--parallel")
            .paramLabel("N")
            .description(
                "texts that are computed together, each with its own prompt of -p tokens and -n tokens after it, as llama-batched-bench measures them"),
        String.class,
        value -> streams = value);
    options.addList(
        OptionSpec.builder("-d", "--n-depth")
            .paramLabel("N")
            .description("tokens in the context before a test, not timed (default: 0)"),
        String.class,
        value -> depths = value);
    options.addList(
        OptionSpec.builder("-t", "--threads")
            .paramLabel("N")
            .description("CPU threads (default: one for each physical core)"),
        String.class,
        value -> threads = value);
    options.addList(
        OptionSpec.builder("-b", "--batch-size")
            .paramLabel("N")
            .description("most tokens of a prompt given to the model at once (default: 2048)"),
        String.class,
        value -> batches = value);
    options.addList(
        OptionSpec.builder("-ub", "--ubatch-size")
            .paramLabel("N")
            .description("most tokens computed at once (default: 512)"),
        String.class,
        value -> ubatches = value);
    options.addList(
        OptionSpec.builder("-ctk", "--cache-type-k")
            .paramLabel("TYPE")
            .description(
                "types of the keys in the KV cache: f32, f16, bf16, q8_0, q4_0, q4_1, iq4_nl, q5_0, q5_1 (default: f16)"),
        String.class,
        value -> keyTypes = value);
    options.addList(
        OptionSpec.builder("-ctv", "--cache-type-v")
            .paramLabel("TYPE")
            .description("types of the values in the KV cache (default: f16)"),
        String.class,
        value -> valueTypes = value);
    options.addList(
        OptionSpec.builder("-fa", "--flash-attn")
            .paramLabel("on|off|auto")
            .description(
                "reported, and passed on to llama-bench; Lamina has one way to compute attention (default: auto)"),
        String.class,
        value -> flashAttention = value);
    options.addList(
        OptionSpec.builder("--repack")
            .paramLabel("0|1")
            .description("keep weights in a faster layout than the file's (default: 1)"),
        String.class,
        value -> repack = value);
    options.addList(
        OptionSpec.builder("--cpu-kernels")
            .paramLabel("KIND")
            .description(
                "instructions to compute with: amx, avx512, avxvnni, avx2, vector or auto (default: auto)"),
        String.class,
        value -> kernels = value);
  }

  private List<Integer> threads() {
    if (threads.isEmpty()) {
      return List.of(PhysicalCores.count());
    }
    List<Integer> numbers = NumberList.parse("-t", threads);
    for (int number : numbers) {
      EngineOptions.checkThreads(number);
    }
    return numbers;
  }

  /**
   * The parameters of the tests.
   *
   * @throws IllegalArgumentException if an option is malformed or nothing is left to measure
   */
  BenchParameters parameters(
      List<PlacementOptions> placements, Map<ReportedParameter, List<String>> reported) {
    return new BenchParameters(
        tests(),
        NumberList.parse("-d", depths),
        threads(),
        NumberList.parse("-b", batches),
        NumberList.parse("-ub", ubatches),
        list(keyTypes, text -> cacheType("-ctk", text)),
        list(valueTypes, text -> cacheType("-ctv", text)),
        list(flashAttention, FlashAttention::parse),
        list(repack, BenchTestOptions::repack),
        list(kernels, EngineOptions::kernels),
        placements,
        reported);
  }

  private List<BenchTest> tests() {
    List<Integer> prefills = NumberList.parse("-p", prompts);
    List<Integer> decodes = NumberList.parse("-n", generations);
    if (streams.isEmpty()) {
      List<BenchTest> pairs = both.stream().map(BenchTestOptions::both).toList();
      return BenchParameters.tests(prefills, decodes, pairs);
    }
    if (!both.isEmpty()) {
      throw new IllegalArgumentException(
          "-np and -pg do not go together: -p and -n are the tokens of each text");
    }
    if (prefills.contains(0) || decodes.contains(0)) {
      throw new IllegalArgumentException(
          "with -np each text has a prompt (-p) and tokens after it (-n); neither can be 0");
    }
    return prefills.stream()
        .flatMap(prompt -> decodes.stream().map(nGen -> new BenchTest(prompt, nGen, 0)))
        .toList();
  }

  /**
   * Runs of texts that are computed together; none if they are not asked for.
   *
   * @param runs of the parameters
   * @throws IllegalArgumentException if an option is malformed or does not fit the others
   */
  List<BatchedRun> batched(List<BenchRun> runs) {
    return BatchedRun.of(runs, NumberList.parse("-np", streams));
  }

  private static <T> List<T> list(List<String> texts, Function<String, T> parser) {
    return texts.stream().flatMap(text -> Arrays.stream(text.split(",", -1))).map(parser).toList();
  }

  private static BenchTest both(String text) {
    try {
      List<Integer> numbers = NumberList.parse("-pg", List.of(text));
      if (numbers.size() == 2) {
        return new BenchTest(numbers.get(0), numbers.get(1), 0);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(pairMessage(text), e);
    }
    throw new IllegalArgumentException(pairMessage(text));
  }

  private static String pairMessage(String text) {
    return "-pg is '" + text + "', expected two numbers, not both 0, such as 512,128";
  }

  private static TensorType cacheType(String option, String text) {
    TensorType type = CacheTypes.find(text.strip());
    if (type == null) {
      throw new IllegalArgumentException(
          option + " is '" + text + "', expected one of " + CacheTypes.names());
    }
    return type;
  }

  private static boolean repack(String text) {
    return switch (text.strip()) {
      case "0" -> false;
      case "1" -> true;
      default -> throw new IllegalArgumentException("--repack is '" + text + "', expected 0 or 1");
    };
  }
}
