package dev.lamina.engine.placement;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.ModelGraph;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.placement.PlacementException.Setting;
import dev.lamina.gguf.GgufTensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Decides which device runs which operations, from sizes alone. Like llama.cpp, it moves the last
 * layers to GPUs first and leaves the embeddings on the CPU, which only looks rows up in them.
 */
public final class Planner {
  private static final int CPU = 0;

  private final ModelGraph graph;
  private final RuntimeConfig config;
  private final PlacementOptions options;
  private final List<Target> targets;
  private final boolean observed;

  /**
   * @param targets the CPU, then the GPUs that may be used
   * @throws PlacementException if the options name a device that is not among the targets, or
   *     tensors that the model does not have
   */
  public Planner(
      ModelGraph graph, RuntimeConfig config, PlacementOptions options, List<Target> targets) {
    this(graph, config, options, targets, false);
  }

  /**
   * @param observed whether a {@link ProductObserver} will watch
   */
  Planner(
      ModelGraph graph,
      RuntimeConfig config,
      PlacementOptions options,
      List<Target> targets,
      boolean observed) {
    this.observed = observed;
    this.graph = graph;
    this.config = config;
    this.options = options;
    this.targets = List.copyOf(targets);
    for (TensorOverride override : options.overrides()) {
      target(override.device());
      requireTensors(override);
    }
    if (targets.size() > 1) {
      requireAtMost(Setting.TENSOR_SPLIT, options.tensorSplit().size(), targets.size() - 1);
      requireAtMost(Setting.MAIN_GPU, options.mainGpu() + 1, targets.size() - 1);
    }
  }

  /** Number of layers plus the head: the most that GPUs can take. */
  public int maxGpuLayers() {
    return graph.layers().size() + 1;
  }

  /** The placement that the options ask for; with memory limits, the largest one that fits. */
  public Placement place() {
    if (targets.size() == 1) {
      return place(0);
    }
    boolean isLimited = options.gpuLayers() == PlacementOptions.AUTO || options.limitedByBudget();
    int n =
        options.gpuLayers() == PlacementOptions.AUTO
            ? maxGpuLayers()
            : Math.min(options.gpuLayers(), maxGpuLayers());
    Placement placement = place(n);
    while (isLimited && n > 0 && !placement.fits(config)) {
      placement = place(--n);
    }
    return placement;
  }

  /** A placement of this many layers on the GPUs, whether they fit or not. */
  public Placement place(int gpuLayers) {
    int nLayers = graph.layers().size();
    int onGpu = Math.min(gpuLayers, nLayers);
    double[] ends = ends();
    List<Integer> layers = new ArrayList<>();
    for (int i = 0; i < nLayers; i++) {
      int fromFirst = i - (nLayers - onGpu);
      layers.add(fromFirst < 0 ? CPU : gpu(ends, (double) fromFirst / gpuLayers));
    }
    int head = CPU;
    if (gpuLayers > nLayers) {
      head =
          options.mainGpu() >= 0 ? options.mainGpu() + 1 : gpu(ends, (double) nLayers / gpuLayers);
    }
    return new Placement(targets, CPU, layers, head, segments(layers, head));
  }

  /**
   * The reason that the budgets leave no layer on a GPU; empty if a GPU has layers.
   *
   * @param placement made here
   */
  public String misfit(Placement placement) {
    if (targets.size() == 1
        || !options.limitedByBudget()
        || options.gpuLayers() == 0
        || placement.gpuLayers() > 0) {
      return "";
    }
    Placement one = place(1);
    StringBuilder text = new StringBuilder("not even one layer fits the GPUs");
    for (int i = 1; i < targets.size(); i++) {
      if (!one.segmentsOf(i).isEmpty()) {
        text.append(
            "; %s may use %,d bytes and would need %,d"
                .formatted(
                    targets.get(i).id(), targets.get(i).budget(), one.memory(i, config).total()));
      }
    }
    return text.toString();
  }

  private List<PlacedSegment> segments(List<Integer> layers, int head) {
    IdentityHashMap<Op, Integer> target = new IdentityHashMap<>();
    graph.embedding().forEach(op -> target.put(op, target(op, CPU)));
    for (int i = 0; i < layers.size(); i++) {
      for (Op op : graph.layers().get(i)) {
        target.put(op, target(op, layers.get(i)));
      }
    }
    graph.head().forEach(op -> target.put(op, target(op, head)));
    return Segments.of(graph, target::get, observed);
  }

  private int target(Op op, int ofLayer) {
    if (targets.size() == 1) {
      return CPU;
    }
    boolean keepsCache = !options.kvOnCpu() && targets.get(ofLayer).backend().supportsCache(config);
    if (op instanceof Op.Attention && !keepsCache) {
      return CPU;
    }
    int target = ofLayer;
    if (!op.weights().isEmpty()) {
      GgufTensor weight = op.weights().getFirst();
      for (TensorOverride override : options.overrides()) {
        if (override.tensors().matcher(weight.name()).find()
            || override.tensors().matcher(weight.whole().name()).find()) {
          target = target(override.device());
          break;
        }
      }
      boolean isMatrix = !(op instanceof Op.RmsNorm);
      if (isMatrix && !targets.get(target).backend().supports(weight.type())) {
        return CPU;
      }
    }
    return target;
  }

  private int target(String id) {
    for (int i = 0; i < targets.size(); i++) {
      if (targets.get(i).id().equals(id)) {
        return i;
      }
    }
    throw new PlacementException(
        Setting.OVERRIDE_DEVICE,
        "tensors are put on "
            + id
            + ", which is not in use; there are "
            + String.join(", ", targets.stream().map(Target::id).toList()));
  }

  private void requireTensors(TensorOverride override) {
    boolean isFound =
        graph.ops().stream()
            .flatMap(op -> op.weights().stream())
            .anyMatch(weight -> override.tensors().matcher(weight.name()).find());
    if (!isFound) {
      throw new PlacementException(
          Setting.OVERRIDE_TENSORS,
          "the model has no tensor whose name contains '%s'".formatted(override.tensors()));
    }
  }

  /** The end of each GPU's share of the layers, from 0 to 1. */
  private double[] ends() {
    double[] ends = new double[targets.size() - 1];
    double sum = 0;
    for (int i = 0; i < ends.length; i++) {
      List<Double> split = options.tensorSplit();
      sum +=
          split.isEmpty()
              ? Math.min(targets.get(i + 1).budget(), targets.get(i + 1).device().totalMemory())
              : i < split.size() ? split.get(i) : 0;
      ends[i] = sum;
    }
    for (int i = 0; i < ends.length; i++) {
      ends[i] = sum == 0 ? 1 : ends[i] / sum;
    }
    return ends;
  }

  private static int gpu(double[] ends, double at) {
    int i = 0;
    while (i < ends.length - 1 && at >= ends[i]) {
      i++;
    }
    return i + 1;
  }

  private static void requireAtMost(Setting setting, int n, int nGpus) {
    if (n > nGpus) {
      throw new PlacementException(
          setting, n + " GPUs are meant, but " + nGpus + (nGpus == 1 ? " is" : " are") + " in use");
    }
  }
}
