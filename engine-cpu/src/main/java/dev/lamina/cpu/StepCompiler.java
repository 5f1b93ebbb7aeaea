package dev.lamina.cpu;

import dev.lamina.cpu.RowSteps.RopeAngles;
import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns operations into steps: products with the same input become one, and a gate joins the
 * products it follows.
 */
final class StepCompiler {
  private final WorkerPool pool;
  private final LoadedWeights weights;
  private final PackedProducts products;
  private final MachineKernels machine;
  private final Activations arrays;
  private final RuntimeConfig config;
  private final Arena arena;
  private final Scratch[] scratch;
  private final Map<List<Integer>, AttentionBuffers> attention = new HashMap<>();
  private final List<PageMemory> memories = new ArrayList<>();
  private final IdentityHashMap<RopeConfig, RopeAngles> angles = new IdentityHashMap<>();

  /**
   * @param machine null for the Vector API
   * @param arena owns the KV caches
   */
  StepCompiler(
      WorkerPool pool,
      LoadedWeights weights,
      PackedProducts products,
      MachineKernels machine,
      Activations arrays,
      RuntimeConfig config,
      Arena arena) {
    this.pool = pool;
    this.weights = weights;
    this.products = products;
    this.machine = machine;
    this.arrays = arrays;
    this.config = config;
    this.arena = arena;
    this.scratch = new Scratch[pool.threads()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch();
    }
  }

  /** The pages of the steps compiled so far. */
  List<PageMemory> memories() {
    return memories;
  }

  /** The steps of some operations of a segment, in order. Steps that prepare tables come first. */
  List<Step> compile(List<Op> ops) {
    List<Step> steps = new ArrayList<>();
    ops.stream()
        .filter(Op.Rope.class::isInstance)
        .map(op -> angles(((Op.Rope) op).config()))
        .distinct()
        .forEach(steps::add);
    for (int i = 0; i < ops.size(); ) {
      if (ops.get(i) instanceof Op.MatMul first) {
        List<Op.MatMul> group = sameInput(ops, i, first);
        i += group.size();
        boolean gated = i < ops.size() && gates(ops.get(i), group);
        steps.add(product(group, gated ? (Op.GatedSilu) ops.get(i) : null));
        i += gated ? 1 : 0;
      } else {
        steps.add(step(ops.get(i++)));
      }
    }
    return steps;
  }

  private Step product(List<Op.MatMul> group, Op.GatedSilu gated) {
    int maxRows = config.rows(group.getFirst().out().set());
    return new MatMulStep(pool, weights, products, scratch, group, gated, arrays, maxRows);
  }

  private Step step(Op op) {
    return switch (op) {
      case Op.Embed embed ->
          RowSteps.embed(pool, scratch, embed, weights.rows(embed.table()), arrays);
      case Op.SelectRows select -> RowSteps.selectRows(pool, select, arrays);
      case Op.RmsNorm norm -> RowSteps.rmsNorm(pool, scratch, norm, arrays);
      case Op.MatMul matMul -> product(List.of(matMul), null);
      case Op.Rope rope -> RowSteps.rope(pool, rope, angles(rope.config()), arrays);
      case Op.Attention attention -> attention(attention);
      case Op.DecayingSum sum -> decayingSum(sum);
      case Op.GatedSilu gated -> RowSteps.gatedSilu(pool, gated, arrays);
      case Op.Add add -> RowSteps.add(pool, add, arrays);
      case Op.Scale scale -> RowSteps.scale(pool, scale, arrays);
    };
  }

  private Step attention(Op.Attention op) {
    AttentionBuffers buffers =
        attention.computeIfAbsent(
            List.of(op.nHeads(), op.nKvHeads(), op.headDim()),
            shape -> new AttentionBuffers(op, config, scratch, machine));
    KvCache cache = new KvCache(arena, op, config);
    memories.add(cache);
    return new AttentionStep(pool, op, cache, config, arrays, buffers);
  }

  private Step decayingSum(Op.DecayingSum op) {
    DecayingSumStep step = new DecayingSumStep(pool, op, config, arrays);
    memories.add(step);
    return step;
  }

  private RopeAngles angles(RopeConfig rope) {
    return angles.computeIfAbsent(rope, r -> new RopeAngles(pool, r, config.batchSize()));
  }

  private static List<Op.MatMul> sameInput(List<Op> ops, int from, Op.MatMul first) {
    List<Op.MatMul> group = new ArrayList<>();
    for (int i = from; i < ops.size(); i++) {
      if (ops.get(i) instanceof Op.MatMul next
          && next.in() == first.in()
          && MatMulStep.roundsInput(next) == MatMulStep.roundsInput(first)) {
        group.add(next);
      } else {
        break;
      }
    }
    return group;
  }

  /**
   * Whether an operation gates two products, and its result takes the place of one of them: all
   * other arrays may be in use while it runs.
   */
  private boolean gates(Op op, List<Op.MatMul> group) {
    return op instanceof Op.GatedSilu(var gate, var up, var out)
        && group.size() == 2
        && gate == group.get(0).out()
        && up == group.get(1).out()
        && (arrays.isShared(out, gate) || arrays.isShared(out, up));
  }
}
