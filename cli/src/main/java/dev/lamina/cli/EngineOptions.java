package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.ModelConfig;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.kernels.TensorType;
import dev.lamina.runtime.ModelSettings;
import dev.lamina.runtime.PhysicalCores;
import java.util.function.Predicate;
import picocli.CommandLine.Model.OptionSpec;

/** Options for running a model: context, batches, threads, cache and positions. */
final class EngineOptions implements OptionHolder {
  private Integer context;
  private int batch;
  private int ubatch;
  private Integer threads;
  private boolean noRepack;
  private String cpuKernels;
  private TensorType cacheTypeK;
  private TensorType cacheTypeV;
  private final ComputeDeviceOptions devices = new ComputeDeviceOptions();
  private final Rope rope = new Rope();
  private final ThreadOptions placed = new ThreadOptions();

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("-c", "--ctx-size")
            .paramLabel("N")
            .description(
                "tokens that the context holds; 0: as many as the model was trained for (default: that, but at most 4096)"),
        Integer.class,
        value -> context = value);
    options.add(
        OptionSpec.builder("-b", "--batch-size")
            .paramLabel("N")
            .defaultValue("2048")
            .description(
                "most tokens of a prompt given to the model at once (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> batch = value);
    options.add(
        OptionSpec.builder("-ub", "--ubatch-size")
            .paramLabel("N")
            .defaultValue("512")
            .description("most tokens computed at once (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> ubatch = value);
    options.add(
        OptionSpec.builder("-t", "--threads")
            .paramLabel("N")
            .description(
                "CPU threads; 0 or less: one for each processor (default: one for each physical core)"),
        Integer.class,
        value -> threads = value);
    options.add(
        OptionSpec.builder("-nr", "--no-repack")
            .description(
                "keep the weights as they are in the file: takes no memory and no time at the load, and is slower"),
        boolean.class,
        value -> noRepack = value);
    options.add(
        OptionSpec.builder("--cpu-kernels")
            .paramLabel("KIND")
            .defaultValue("auto")
            .description(
                "instructions to compute with: machine code of amx, avx512, avxvnni or avx2, vector (Java's Vector API), or auto: the best that the processor has (default: auto)"),
        String.class,
        value -> cpuKernels = value);
    options.add(
        OptionSpec.builder("-ctk", "--cache-type-k")
            .paramLabel("TYPE")
            .defaultValue("f16")
            .converters(new CacheTypes())
            .completionCandidates(new CacheTypes())
            .description(
                "type of the keys in the KV cache: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})"),
        TensorType.class,
        value -> cacheTypeK = value);
    options.add(
        OptionSpec.builder("-ctv", "--cache-type-v")
            .paramLabel("TYPE")
            .defaultValue("f16")
            .converters(new CacheTypes())
            .completionCandidates(new CacheTypes())
            .description("type of the values in the KV cache (default: ${DEFAULT-VALUE})"),
        TensorType.class,
        value -> cacheTypeV = value);
    options.group("%nThreads%n", placed);
    options.group("%nDevices%n", devices);
    options.group("%nPositions (default: as the model file says)%n", rope);
  }

  private static final class Rope implements OptionHolder {
    private RopeOverrides.Scaling scaling;
    private Float scale;
    private Float freqBase;
    private Float freqScale;
    private Integer yarnOriginalContext;
    private Float yarnExtFactor;
    private Float yarnAttnFactor;
    private Float yarnBetaFast;
    private Float yarnBetaSlow;

    @Override
    public void declare(Options options) {
      options.add(
          OptionSpec.builder("--rope-scaling")
              .paramLabel("HOW")
              .description("none, linear or yarn"),
          RopeOverrides.Scaling.class,
          value -> scaling = value);
      options.add(
          OptionSpec.builder("--rope-scale")
              .paramLabel("N")
              .description("stretch the context by this"),
          Float.class,
          value -> scale = value);
      options.add(
          OptionSpec.builder("--rope-freq-base").paramLabel("N").description("RoPE theta"),
          Float.class,
          value -> freqBase = value);
      options.add(
          OptionSpec.builder("--rope-freq-scale")
              .paramLabel("N")
              .description("stretch the context by 1/N"),
          Float.class,
          value -> freqScale = value);
      options.add(
          OptionSpec.builder("--yarn-orig-ctx")
              .paramLabel("N")
              .description("context that the model was trained with before YaRN"),
          Integer.class,
          value -> yarnOriginalContext = value);
      options.add(
          OptionSpec.builder("--yarn-ext-factor")
              .paramLabel("N")
              .description("YaRN extrapolation mix"),
          Float.class,
          value -> yarnExtFactor = value);
      options.add(
          OptionSpec.builder("--yarn-attn-factor").paramLabel("N").description("YaRN magnitude"),
          Float.class,
          value -> yarnAttnFactor = value);
      options.add(
          OptionSpec.builder("--yarn-beta-fast")
              .paramLabel("N")
              .description("YaRN low correction dim"),
          Float.class,
          value -> yarnBetaFast = value);
      options.add(
          OptionSpec.builder("--yarn-beta-slow")
              .paramLabel("N")
              .description("YaRN high correction dim"),
          Float.class,
          value -> yarnBetaSlow = value);
    }
  }

  /**
   * Checks the options.
   *
   * @throws IllegalArgumentException if an option is out of range; the message names it
   */
  void check() {
    atLeast("-c", context == null ? 0 : context, 0);
    atLeast("-b", batch, 1);
    atLeast("-ub", ubatch, 1);
    if (rope.scale != null && !(rope.scale > 0)) {
      throw new IllegalArgumentException(
          "--rope-scale is " + rope.scale + ", expected more than 0");
    }
    if (threads != null) {
      checkThreads(threads);
    }
    kernels(cpuKernels);
    placed.placement();
    devices.check();
  }

  /**
   * Checks that no more threads are requested than can be started at once.
   *
   * @throws IllegalArgumentException with the most that are possible
   */
  static void checkThreads(int threads) {
    if (threads > BackendOptions.maxThreads()) {
      throw new IllegalArgumentException(
          "-t is %d, expected at most %d; this machine has %d processors"
              .formatted(
                  threads,
                  BackendOptions.maxThreads(),
                  Runtime.getRuntime().availableProcessors()));
    }
  }

  BackendOptions compute() {
    return new BackendOptions(
        threads == null ? PhysicalCores.count(placed.cpus()) : threads(threads),
        !noRepack,
        kernels(cpuKernels),
        placed.placement());
  }

  /**
   * Finds kernels by their name.
   *
   * @throws IllegalArgumentException if no kernels have this name; the message names the option
   */
  static CpuKernels kernels(String text) {
    try {
      return CpuKernels.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--cpu-kernels: " + e.getMessage(), e);
    }
  }

  /** The requested number of threads; 0 or less means all processors. */
  static int threads(int asked) {
    return asked > 0 ? asked : Runtime.getRuntime().availableProcessors();
  }

  DeviceOptions devices() {
    return devices;
  }

  RopeOverrides rope() {
    return new RopeOverrides(
        rope.scaling,
        rope.scale,
        unless(rope.freqBase, value -> value == 0),
        unless(rope.freqScale, value -> value == 0),
        unless(rope.yarnOriginalContext, value -> value == 0),
        unless(rope.yarnExtFactor, value -> value < 0),
        unless(rope.yarnAttnFactor, value -> value < 0),
        unless(rope.yarnBetaFast, value -> value < 0),
        unless(rope.yarnBetaSlow, value -> value < 0));
  }

  /** Null for a value by which llama.cpp means the model's own. */
  private static <T> T unless(T value, Predicate<T> asTheModelSays) {
    return value == null || asTheModelSays.test(value) ? null : value;
  }

  RuntimeConfig session(ModelConfig model) {
    int size =
        context == null
            ? Math.min(model.contextLength(), ModelSettings.DEFAULT_CONTEXT)
            : context == 0 ? model.contextLength() : context;
    return session(size);
  }

  /** The requested context, or a default. */
  int contextOr(int size) {
    return context == null || context == 0 ? size : context;
  }

  /** A session of a given size. */
  RuntimeConfig session(int size) {
    return new RuntimeConfig(
        size, Math.min(size, Math.min(batch, ubatch)), 1, cacheTypeK, cacheTypeV);
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + " is " + value + ", expected " + least + " or more");
    }
  }
}
