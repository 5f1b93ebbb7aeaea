package dev.lamina.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.placement.Placement;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.Planner;
import dev.lamina.engine.placement.Target;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.runtime.Sizes;
import java.util.List;
import java.util.function.Predicate;

/** A placement with the memory that it takes, for people and for programs. */
final class PlanView {
  /** Step between suggested sizes of the context. */
  private static final int CONTEXT_STEP = 256;

  private final Model model;
  private final RuntimeConfig config;
  private final List<Target> targets;
  private final Planner planner;
  private final Placement placement;

  PlanView(Model model, RuntimeConfig config, PlacementOptions options, List<Target> targets) {
    this.model = model;
    this.config = config;
    this.targets = targets;
    this.planner = new Planner(model.graph(), config, options, targets);
    this.placement = planner.place();
  }

  /** The reason that nothing is on a GPU with a budget; empty if something is. */
  String misfit() {
    return planner.misfit(placement);
  }

  void print(Console console) {
    console.line(
        "%s, context of %,d tokens, batches of %,d"
            .formatted(
                SafeText.oneLine(model.metadata().source()),
                config.contextLength(),
                config.batchSize()));
    console.line("");
    printParts(console);
    console.line("");
    printDevices(console);
    console.line("");
    printAdvice(console);
  }

  /** Prints the parts; consecutive layers with equal values share a line. */
  private void printParts(Console console) {
    TextTable table = new TextTable("llrr");
    table.row("part", "device", "weights", "KV cache");
    part(table, "embedding", placement.embedding(), model.graph().embedding());
    int nLayers = placement.layers().size();
    for (int first = 0; first < nLayers; ) {
      int end = first + 1;
      while (end < nLayers && isAlike(first, end)) {
        end++;
      }
      String name =
          end - first == 1 ? "layer " + first : "layers " + first + " to " + (end - 1) + ", each";
      part(table, name, placement.layers().get(first), model.graph().layers().get(first));
      first = end;
    }
    part(table, "output head", placement.head(), model.graph().head());
    table.print(console);
  }

  private boolean isAlike(int a, int b) {
    return placement.layers().get(a).equals(placement.layers().get(b))
        && weights(model.graph().layers().get(a)) == weights(model.graph().layers().get(b));
  }

  private void part(TextTable table, String name, int target, List<Op> ops) {
    table.row(
        name, targets.get(target).id(), Sizes.of(weights(ops)), Sizes.of(kvCache(target, ops)));
  }

  private static long weights(List<Op> ops) {
    return ops.stream()
        .flatMap(op -> op.weights().stream())
        .distinct()
        .mapToLong(GgufTensor::byteSize)
        .sum();
  }

  private long kvCache(int target, List<Op> ops) {
    List<Segment> alone = List.of(Segment.of(ops, List.of()));
    return targets.get(target).backend().plan(alone, config).kvCache();
  }

  private void printDevices(Console console) {
    TextTable table = new TextTable("lrrrrrrr");
    table.row("device", "layers", "weights", "KV cache", "scratch", "overhead", "total", "budget");
    for (int i = 0; i < targets.size(); i++) {
      MemoryPlan memory = placement.memory(i, config);
      table.row(
          targets.get(i).id(),
          placement.nLayersOn(i) + (placement.head() == i ? " + head" : ""),
          i == 0 ? Sizes.of(cpuWeights()) : Sizes.of(memory.weights()),
          Sizes.of(memory.kvCache()),
          Sizes.of(memory.scratch()),
          Sizes.of(memory.overhead()),
          Sizes.of(i == 0 ? cpuTotal(memory) : memory.total()),
          i == 0 ? "" : Sizes.of(targets.get(i).budget()));
    }
    table.print(console);
  }

  /** Bytes of the CPU's weights in the file's layout. */
  private long cpuWeights() {
    return cpuWeights(_ -> true);
  }

  /**
   * Total memory of the CPU. Its plan has only copies of weights; weights in a mapped file are
   * added here.
   */
  private long cpuTotal(MemoryPlan memory) {
    return memory.total() + cpuWeights(weight -> weight.isMapped() || weight.isInMemory());
  }

  private long cpuWeights(Predicate<GgufTensor> which) {
    return placement.segmentsOf(0).stream()
        .flatMap(segment -> segment.ops().stream())
        .flatMap(op -> op.weights().stream())
        .distinct()
        .filter(which)
        .mapToLong(GgufTensor::byteSize)
        .sum();
  }

  private void printAdvice(Console console) {
    if (targets.size() == 1) {
      console.line("No GPU is in use: all layers run on the CPU.");
      return;
    }
    int most = mostLayers();
    console.line(
        most == planner.maxGpuLayers()
            ? "With this context all layers and the output head fit the GPUs (-ngl all)."
            : "With this context up to %d of %d layers fit the GPUs (-ngl %d)."
                .formatted(
                    Math.min(most, placement.layers().size()), placement.layers().size(), most));
    int context = mostContext();
    console.line(
        context == 0
            ? "These layers do not fit with any context."
            : "With these layers a context of up to %,d tokens fits (-c %d)%s."
                .formatted(
                    context,
                    context,
                    context == model.config().contextLength()
                        ? ", all that the model was trained for"
                        : ""));
  }

  /** The largest useful value of {@code -ngl}. */
  private int mostLayers() {
    int n = planner.maxGpuLayers();
    while (n > 0 && !planner.place(n).fits(config)) {
      n--;
    }
    return n;
  }

  /** The longest context with these layers, at most the one that the model was trained for. */
  private int mostContext() {
    int trained = model.config().contextLength();
    if (fits(trained)) {
      return trained;
    }
    int fitting = 0;
    int tooLarge = trained / CONTEXT_STEP;
    while (tooLarge - fitting > 1) {
      int middle = (fitting + tooLarge) / 2;
      if (fits(middle * CONTEXT_STEP)) {
        fitting = middle;
      } else {
        tooLarge = middle;
      }
    }
    return fitting * CONTEXT_STEP;
  }

  private boolean fits(int context) {
    return placement.fits(
        new RuntimeConfig(
            context,
            Math.min(context, config.batchSize()),
            config.maxLogits(),
            config.keyType(),
            config.valueType()));
  }

  ObjectNode json() {
    ObjectNode all = Json.object();
    all.put("model", model.metadata().source());
    all.put("context", config.contextLength());
    all.put("gpu_layers", placement.gpuLayers());
    if (targets.size() > 1) {
      all.put("most_gpu_layers", mostLayers());
      all.put("most_context", mostContext());
    }
    ArrayNode layers = all.putArray("layers");
    for (int i = 0; i < placement.layers().size(); i++) {
      int target = placement.layers().get(i);
      ObjectNode layer = layers.addObject();
      layer.put("device", targets.get(target).id());
      layer.put("weights", weights(model.graph().layers().get(i)));
      layer.put("kv_cache", kvCache(target, model.graph().layers().get(i)));
    }
    ArrayNode devices = all.putArray("devices");
    for (int i = 0; i < targets.size(); i++) {
      MemoryPlan memory = placement.memory(i, config);
      ObjectNode device = devices.addObject();
      device.put("id", targets.get(i).id());
      device.put("layers", placement.nLayersOn(i));
      device.put("head", placement.head() == i);
      device.put("weights", i == 0 ? cpuWeights() : memory.weights());
      device.put("kv_cache", memory.kvCache());
      device.put("scratch", memory.scratch());
      device.put("overhead", memory.overhead());
      if (i > 0) {
        device.put("budget", targets.get(i).budget());
      }
    }
    return all;
  }
}
