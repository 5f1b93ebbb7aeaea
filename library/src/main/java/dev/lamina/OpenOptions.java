package dev.lamina;

import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.ModelConfig;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.placement.DeviceChoice;
import dev.lamina.engine.placement.MemoryBudget;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.gguf.LoadMode;
import dev.lamina.kernels.TensorType;
import dev.lamina.runtime.DeviceRequest;
import dev.lamina.runtime.ModelSettings;
import dev.lamina.runtime.PhysicalCores;
import java.util.List;
import java.util.function.Consumer;

/**
 * Options for opening a model. Options that are not set have the defaults of the command line: up
 * to 4096 tokens of context, one thread per core, and as many layers on GPUs as fit.
 */
public final class OpenOptions {
  private int contextLength = -1;
  private int threads = PhysicalCores.count();
  private int batchSize = ModelSettings.DEFAULT_UBATCH;
  private int parallel = 4;
  private int memoryLength = -1;
  private int gpuLayers = PlacementOptions.AUTO;
  private String devices;
  private String gpuMemory;
  private LoadMode loadMode = LoadMode.AUTO;
  private Consumer<String> warnings = _ -> {};

  /** Options without any value set. */
  public OpenOptions() {}

  /**
   * Sets the size of the context in tokens: prompt and answer, or the messages of a chat.
   *
   * @param tokens 0: as many as the model was trained for
   */
  public OpenOptions contextLength(int tokens) {
    contextLength = tokens;
    return this;
  }

  /** Sets the number of CPU threads. */
  public OpenOptions threads(int number) {
    threads = number;
    return this;
  }

  /**
   * Sets the largest number of prompt tokens to compute at once. A larger number is faster and
   * takes more memory.
   */
  public OpenOptions batchSize(int tokens) {
    batchSize = tokens;
    return this;
  }

  /**
   * Sets how many texts are generated at once at most (4 if not set); others wait for their turn.
   */
  public OpenOptions parallel(int texts) {
    parallel = texts;
    return this;
  }

  /**
   * Sets the number of tokens that all texts together have in memory; one context if not set. What
   * begins with the same tokens counts once. When it does not suffice, texts wait, or are set aside
   * and read again later.
   */
  public OpenOptions memoryLength(int tokens) {
    memoryLength = tokens;
    return this;
  }

  /**
   * Sets the number of layers on GPUs, from the last one on. One more than the model has includes
   * the output head.
   */
  public OpenOptions gpuLayers(int layers) {
    gpuLayers = layers;
    return this;
  }

  /**
   * Limits the memory used on each GPU.
   *
   * @param amount such as {@code 6G}, {@code 80%} of the free memory, or {@code auto}
   */
  public OpenOptions gpuMemory(String amount) {
    gpuMemory = amount;
    return this;
  }

  /**
   * Sets the devices to use.
   *
   * @param ids such as {@code cuda:0,cuda:1}, or {@code cpu}
   */
  public OpenOptions devices(String ids) {
    devices = ids;
    return this;
  }

  /** Sets whether the file is mapped into memory (the default) or read. */
  public OpenOptions mapFile(boolean mapped) {
    loadMode = mapped ? LoadMode.MMAP : LoadMode.NONE;
    return this;
  }

  /**
   * Sets a listener for warnings, such as about a GPU that is not used.
   *
   * @param listener gets lines, in the thread that opens the model
   */
  public OpenOptions onWarning(Consumer<String> listener) {
    warnings = listener;
    return this;
  }

  LoadMode loadMode() {
    return loadMode;
  }

  Consumer<String> warnings() {
    return warnings;
  }

  ModelSettings settings() {
    if (contextLength < -1) {
      throw new IllegalArgumentException(
          "the context length is " + contextLength + ", expected 0 or more");
    }
    if (batchSize < 1) {
      throw new IllegalArgumentException("the batch size is " + batchSize + ", expected 1 or more");
    }
    if (parallel < 1) {
      throw new IllegalArgumentException(
          "the number of texts at once is " + parallel + ", expected 1 or more");
    }
    if (memoryLength < 1 && memoryLength != -1) {
      throw new IllegalArgumentException(
          "the length of the memory is " + memoryLength + ", expected 1 or more");
    }
    List<String> named = devices == null ? null : DeviceChoice.parse(devices).gpus();
    boolean useful = (named == null || !named.isEmpty()) && gpuLayers != 0;
    boolean wanted = named != null || gpuMemory != null || gpuLayers > 0;
    MemoryBudget budget = gpuMemory == null ? MemoryBudget.AUTO : MemoryBudget.parse(gpuMemory);
    return new ModelSettings(
        this::sizes,
        RopeOverrides.none(),
        new BackendOptions(threads, true),
        new DeviceRequest(named, List.of(), -1, useful, wanted, budget),
        new PlacementOptions(gpuLayers, gpuMemory != null, List.of(), -1, false, List.of()),
        null);
  }

  private RuntimeConfig sizes(ModelConfig model) {
    int size =
        switch (contextLength) {
          case -1 -> Math.min(model.contextLength(), ModelSettings.DEFAULT_CONTEXT);
          case 0 -> model.contextLength();
          default -> contextLength;
        };
    RuntimeConfig one =
        new RuntimeConfig(size, Math.min(size, batchSize), 1, TensorType.F16, TensorType.F16);
    return one.withSequences(
        parallel, memoryLength < 0 ? one.pages() : PageTable.pagesOf(memoryLength));
  }
}
