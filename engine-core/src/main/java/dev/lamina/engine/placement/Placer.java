package dev.lamina.engine.placement;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.MemoryException;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Loads a model onto devices. When a device refuses or fails, it puts fewer layers on GPUs, or
 * none, and reports that in one line.
 */
public final class Placer {
  private final Model model;
  private final RuntimeConfig config;
  private final Consumer<String> warnings;
  private final float[] logits;
  private final ProductObserver observer;
  private PlacementOptions options;
  private List<Target> targets;

  /**
   * @param targets the CPU, then the GPUs; the caller keeps and closes them
   * @param warnings takes lines for the user
   */
  public Placer(
      Model model,
      RuntimeConfig config,
      PlacementOptions options,
      List<Target> targets,
      Consumer<String> warnings) {
    this(model, config, options, targets, warnings, null);
  }

  /**
   * @param observer gets the input of every matrix product; null for none. With an observer, a
   *     failed device is an error instead of a reason to load again
   */
  public Placer(
      Model model,
      RuntimeConfig config,
      PlacementOptions options,
      List<Target> targets,
      Consumer<String> warnings,
      ProductObserver observer) {
    this.observer = observer;
    this.model = model;
    this.config = config;
    this.options = options;
    this.targets = List.copyOf(targets);
    this.warnings = warnings;
    this.logits = new float[Math.multiplyExact(config.maxLogits(), model.config().nVocab())];
  }

  public Model model() {
    return model;
  }

  public RuntimeConfig config() {
    return config;
  }

  /** The logits that all pipelines of this placer write, [maxLogits, nVocab]. */
  public float[] logits() {
    return logits;
  }

  /**
   * Refuses a session that cannot fit the machine's memory, before anything is read or allocated.
   *
   * @throws MemoryException with the sizes
   */
  public void checkMemory() {
    checkMemory(planner(options, targets).place());
  }

  /**
   * Checks the memory for copies of weights, the cache and buffers; weights in a mapped file need
   * none.
   */
  private void checkMemory(Placement placement) {
    long total = targets.getFirst().device().totalMemory();
    MemoryPlan plan;
    try {
      plan = placement.memory(0, config);
    } catch (ArithmeticException e) {
      throw new MemoryException(
          "a context of %,d tokens takes more memory than any machine has"
              .formatted(config.contextLength()),
          MemoryPlan.BOUNDLESS,
          total,
          e);
    }
    if (total > 0 && plan.kvCache() + plan.scratch() > total) { // 0: unknown
      throw new MemoryException(
          "a context of %,d tokens takes %.1f GiB of KV cache and %.1f GiB of buffers, and this machine has %.1f GiB of memory"
              .formatted(
                  config.contextLength(), gib(plan.kvCache()), gib(plan.scratch()), gib(total)),
          plan,
          total,
          null);
    }
    if (total > 0 && plan.total() > total) {
      throw new MemoryException(
          "copies of the weights take %.1f GiB, the KV cache %.1f GiB and buffers %.1f GiB, and this machine has %.1f GiB of memory"
              .formatted(gib(plan.weights()), gib(plan.kvCache()), gib(plan.scratch()), gib(total)),
          plan,
          total,
          null);
    }
  }

  private static double gib(long bytes) {
    return bytes / (double) (1 << 30);
  }

  /**
   * Loads the placement that the options ask for, or as much as the devices can hold.
   *
   * @throws MemoryException if not even the CPU can hold the model
   * @throws PlacementException if the options do not fit the model or the devices
   */
  public Pipeline load() {
    Planner planner = planner(options, targets);
    Placement placement = planner.place();
    String misfit = planner.misfit(placement);
    if (!misfit.isEmpty()) {
      throw new PlacementException(PlacementException.Setting.GPU_MEMORY, misfit);
    }
    return load(planner, placement);
  }

  private Planner planner(PlacementOptions asked, List<Target> on) {
    return new Planner(model.graph(), config, asked, on, observer != null);
  }

  private Pipeline load(Planner planner, Placement first) {
    Placement placement = first;
    checkMemory(placement);
    warnOfCaches(placement);
    BackendException refusal = null;
    while (true) {
      try {
        Pipeline pipeline =
            new Pipeline(placement, config, model.graph().logits(), logits, observer);
        if (refusal != null) {
          warnings.accept(
              "%s; %d of %d layers run on GPUs"
                  .formatted(
                      refusal.getMessage(), placement.nLayersOn(-1), placement.layers().size()));
        }
        return pipeline;
      } catch (DeviceFailure e) {
        if (e.target() == 0) {
          throw e.reason();
        }
        refusal = refusal == null ? e.reason() : refusal;
        placement = smaller(planner, placement);
      }
    }
  }

  private void warnOfCaches(Placement placement) {
    for (int i = 1; i < targets.size(); i++) {
      if (!targets.get(i).backend().supportsCache(config) && placement.nLayersOn(i) > 0) {
        warnings.accept(
            "%s has no attention over a cache of %s and %s: that runs on the CPU"
                .formatted(targets.get(i).id(), config.keyType(), config.valueType()));
      }
    }
  }

  /**
   * Loads the model without the device that has failed.
   *
   * @param failed the pipeline with the failed device; closed here
   * @throws BackendException the failure itself, if it was the CPU's, or if an observer has seen
   *     inputs that would be computed again
   */
  public Pipeline loadWithout(Pipeline failed, DeviceFailure failure) {
    failed.close();
    if (failure.target() == 0 || observer != null) {
      throw failure.reason();
    }
    Target lost = failed.placement().targets().get(failure.target());
    warnings.accept(failure.getMessage() + "; going on without " + lost.id());
    List<Target> left = new ArrayList<>(targets);
    left.remove(lost);
    targets = List.copyOf(left);
    options = options.without(lost.id());
    Planner planner = planner(options, targets);
    return load(planner, planner.place());
  }

  private Placement smaller(Planner planner, Placement placement) {
    int n = placement.gpuLayers();
    if (n > 0) {
      return planner.place(n - Math.max(1, n / 4));
    }
    // What overrides put on GPUs.
    return planner(options.onCpu(), targets.subList(0, 1)).place();
  }
}
