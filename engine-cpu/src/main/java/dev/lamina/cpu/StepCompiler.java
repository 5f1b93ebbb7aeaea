package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.cpu.rows.RowKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns operations into steps: products with the same input become one, and a gate joins the
 * products it follows.
 */
final class StepCompiler {
  private final PassThreads threads;
  private final LoadedWeights weights;
  private final PackedProducts products;
  private final MachineKernels machine;
  private final Activations arrays;
  private final RuntimeConfig config;
  private final Arena arena;
  private final Scratch[] scratch;
  private final Map<List<Integer>, AttentionBuffers> attention = new HashMap<>();
  private final List<PageMemory> memories = new ArrayList<>();
  private final CallBinder binder;
  private List<Step> steps = new ArrayList<>();

  /**
   * @param machine null for the Vector API
   * @param arena owns the KV caches
   */
  StepCompiler(
      WorkerPool pool,
      LoadedWeights weights,
      PackedProducts products,
      MachineKernels machine,
      RowKernels rows,
      Activations arrays,
      RuntimeConfig config,
      Arena arena) {
    this.threads = new PassThreads(pool);
    this.weights = weights;
    this.products = products;
    this.machine = machine;
    this.arrays = arrays;
    this.config = config;
    this.arena = arena;
    this.binder = new CallBinder(rows, arrays, config);
    this.scratch = new Scratch[pool.threads()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch();
    }
  }

  /** Who runs the compiled steps. */
  PassThreads threads() {
    return threads;
  }

  /** The pages of the steps compiled so far. */
  List<PageMemory> memories() {
    return memories;
  }

  /** The steps of some operations of a segment, in order. Steps that prepare tables come first. */
  List<Step> compile(List<Op> ops) {
    steps = new ArrayList<>();
    ops.stream()
        .filter(Op.Rope.class::isInstance)
        .map(op -> ((Op.Rope) op).config())
        .distinct()
        .forEach(rope -> add(RowWorks.angles(rope, binder.angles(rope), arrays)));
    for (int i = 0; i < ops.size(); ) {
      if (ops.get(i) instanceof Op.MatMul first) {
        List<Op.MatMul> group = sameInput(ops, i, first);
        i += group.size();
        boolean gated = i < ops.size() && gates(ops.get(i), group);
        addProduct(group, gated ? (Op.GatedSilu) ops.get(i) : null);
        i += gated ? 1 : 0;
      } else {
        add(ops.get(i++));
      }
    }
    return steps;
  }

  /** Adds work on rows, to the same run as that before it if possible. */
  private void add(RowWork work) {
    if (!steps.isEmpty() && steps.getLast() instanceof RowRun run && run.takes(work, arrays)) {
      run.add(work);
    } else {
      RowRun run = new RowRun(threads, work.set());
      run.add(work);
      steps.add(run);
    }
  }

  private void addProduct(List<Op.MatMul> group, Op.GatedSilu gated) {
    Rows in = group.getFirst().in();
    int x = arrays.at(in);
    if (products != null && MatMulStep.roundsInput(group.getFirst())) {
      x = arrays.rounded();
      add(binder.roundToF16(in, x));
    }
    MatMulStep step =
        new MatMulStep(threads, weights, products, scratch, group, x, gated, arrays, binder);
    if (step.isPacked()) {
      products.prepare(config.rows(in.set()), in.width(), step.needsFloats());
      add(RowWorks.round(products, scratch, in, x, step.needsFloats(), arrays));
    }
    steps.add(step);
  }

  private void add(Op op) {
    if (op instanceof Op.Embed embed) {
      add(RowWorks.embed(scratch, embed, weights.rows(embed.table()), arrays));
    } else if (op instanceof Op.SelectRows select) {
      add(RowWorks.selectRows(select, arrays));
    } else if (op instanceof Op.Attention attention) {
      AttentionStep step = attention(attention);
      add(step.store());
      steps.add(step);
    } else if (op instanceof Op.DecayingSum sum) {
      steps.add(decayingSum(sum));
    } else if (op.rowCalls().isEmpty()) {
      throw new IllegalArgumentException("no step for " + op);
    } else {
      op.rowCalls().forEach(call -> add(binder.work(call, op.out())));
    }
  }

  private AttentionStep attention(Op.Attention op) {
    AttentionBuffers buffers =
        attention.computeIfAbsent(
            List.of(op.nHeads(), op.nKvHeads(), op.headDim()),
            shape -> new AttentionBuffers(op, config, scratch, machine));
    KvCache cache = new KvCache(arena, op, config);
    memories.add(cache);
    return new AttentionStep(threads, op, cache, config, arrays, buffers);
  }

  private Step decayingSum(Op.DecayingSum op) {
    DecayingSumStep step = new DecayingSumStep(threads, op, config, arrays);
    memories.add(step);
    return step;
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
