package dev.lamina.gpu;

import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.RowSet;
import dev.lamina.engine.model.Rows;
import dev.lamina.kernels.device.OpsKernels;
import dev.lamina.kernels.device.WeightKernels;
import java.util.ArrayList;
import java.util.List;

/** Compiles operations into launches, for both APIs. */
final class GpuSteps {
  private final GpuApi api;
  private final GpuResources resources;
  private final RuntimeConfig config;
  private final GpuKernels kernels;
  private final GpuWeights weights;
  private final GpuInputs inputs;
  private final GpuAttention attention;
  private final GpuActivations buffers;
  private final List<GpuPages> pages = new ArrayList<>();

  GpuSteps(
      GpuApi api,
      GpuResources resources,
      RuntimeConfig config,
      GpuWeights weights,
      GpuInputs inputs,
      GpuAttention attention,
      GpuActivations buffers) {
    this.api = api;
    this.resources = resources;
    this.config = config;
    this.kernels = new GpuKernels(api, resources, config);
    this.weights = weights;
    this.inputs = inputs;
    this.attention = attention;
    this.buffers = buffers;
  }

  /** The steps of some operations, in order. */
  GpuStep[] compile(List<Op> ops) {
    List<GpuStep> steps = new ArrayList<>();
    Rows rounded = null;
    for (Op op : ops) {
      if (op instanceof Op.MatMul product && GpuActivations.roundsInput(product)) {
        if (product.in() != rounded) {
          rounded = product.in();
          steps.add(
              ifAnyRows(
                  rounded.set(),
                  elementwise("round_to_half", rounded, buffers.of(rounded), buffers.rounded())));
        }
      }
      steps.add(ifAnyRows(op.out().set(), step(op)));
    }
    return steps.toArray(GpuStep[]::new);
  }

  /** Skips a step that works on wanted rows where no row is wanted. */
  private static GpuStep ifAnyRows(RowSet set, GpuStep step) {
    return set == RowSet.ALL
        ? step
        : batch -> {
          if (batch.rows(set) > 0) {
            step.run(batch);
          }
        };
  }

  private GpuStep step(Op op) {
    return switch (op) {
      case Op.Embed embed -> embed(embed);
      case Op.SelectRows select -> selectRows(select);
      case Op.RmsNorm norm -> rmsNorm(norm);
      case Op.MatMul product -> matMul(product);
      case Op.Rope rope -> rope(rope);
      case Op.Attention attend -> attention(attend);
      case Op.DecayingSum sum -> decayingSum(sum);
      case Op.GatedSilu(var gate, var up, var out) ->
          elementwise("gated_silu", out, buffers.of(gate), buffers.of(up), buffers.of(out));
      case Op.Add(var a, var b, var out) ->
          elementwise("add", out, buffers.of(a), buffers.of(b), buffers.of(out));
      case Op.Scale scale -> scale(scale);
    };
  }

  private GpuStep attention(Op.Attention op) {
    GpuKvCache cache = GpuKvCache.allocate(api, resources, op, config);
    pages.add(cache.keys());
    pages.add(cache.values());
    return attention.step(kernels, op, cache, inputs, buffers);
  }

  private GpuStep decayingSum(Op.DecayingSum op) {
    int width = op.out().width();
    GpuBuffer states = resources.add(api.allocate("states", stateBytes(op, config)));
    pages.add(new GpuPages(op.group(), states, 4L * width));
    GpuKernel kernel =
        kernels
            .ops("decaying_sum")
            .set(0, buffers.of(op.in()))
            .set(1, inputs.buffer())
            .set(4, states)
            .set(5, buffers.of(op.out()))
            .set(6, width)
            .set(8, op.decay());
    return batch -> {
      int nRows = batch.size();
      kernel
          .set(2, GpuInputs.positionAt(nRows))
          .set(3, inputs.tableAt(op.group(), nRows))
          .set(7, nRows)
          .launch(OpsKernels.decayingSum(width));
    };
  }

  /** Bytes of an operation's states. */
  static long stateBytes(Op.DecayingSum op, RuntimeConfig config) {
    return 4L * config.pages(op.group()) * op.out().width();
  }

  /** The pages of the steps compiled so far. */
  List<GpuPages> pages() {
    return pages;
  }

  private GpuStep embed(Op.Embed op) {
    int columns = op.out().width();
    GpuKernel kernel =
        kernels
            .weights(op.table().type(), "get_rows")
            .set(0, weights.matrix(op.table()))
            .set(1, inputs.buffer())
            .set(2, buffers.of(op.out()))
            .set(3, columns);
    return batch -> kernel.launch(WeightKernels.getRows(columns, batch.size()));
  }

  private GpuStep rmsNorm(Op.RmsNorm op) {
    int n = Math.toIntExact(op.weight().columns());
    int runs = op.in().width() / n;
    GpuKernel kernel =
        kernels
            .ops("rms_norm")
            .set(0, buffers.of(op.in()))
            .set(1, weights.vector(op.weight()))
            .set(2, buffers.of(op.out()))
            .set(3, n)
            .set(4, op.eps());
    RowSet set = op.out().set();
    return batch -> kernel.launch(OpsKernels.rmsNorm(batch.rows(set) * runs));
  }

  private GpuStep matMul(Op.MatMul op) {
    int rows = op.out().width();
    GpuKernel[] vec =
        new GpuKernel[Integer.numberOfTrailingZeros(WeightKernels.maxVecTokens()) + 1];
    for (int i = 0; i < vec.length; i++) {
      vec[i] = product("mul_mat_vec_" + (1 << i), op);
    }
    GpuKernel mat = product("mul_mat", op);
    RowSet set = op.out().set();
    return batch -> {
      int nRows = batch.rows(set);
      if (nRows <= WeightKernels.maxVecTokens()) {
        int log = 32 - Integer.numberOfLeadingZeros(nRows - 1);
        vec[log].launch(WeightKernels.mulMatVec(rows, 1 << log));
      } else {
        mat.set(7, nRows).launch(WeightKernels.mulMat(rows, nRows));
      }
    };
  }

  private GpuKernel product(String name, Op.MatMul op) {
    GpuBuffer matrix = weights.matrix(op.weight());
    return kernels
        .weights(op.weight().type(), name)
        .set(0, matrix)
        .set(1, GpuActivations.roundsInput(op) ? buffers.rounded() : buffers.of(op.in()))
        .set(2, op.bias() == null ? matrix : weights.vector(op.bias()))
        .set(3, buffers.of(op.out()))
        .set(4, op.in().width())
        .set(5, op.out().width())
        .set(6, op.bias() == null ? 0 : 1);
  }

  private GpuStep rope(Op.Rope op) {
    GpuBuffer from = buffers.of(op.x());
    GpuBuffer to = buffers.of(op.out());
    int width = op.x().width();
    int nPairs = op.config().nDims() / 2;
    boolean halves = op.config().pairing() == RopeConfig.Pairing.HALVES;
    boolean inPlace = buffers.isShared(op.x(), op.out());
    GpuKernel kernel =
        kernels
            .ops("rope")
            .set(0, to)
            .set(1, inputs.buffer())
            .set(4, width)
            .set(5, op.headDim())
            .set(6, nPairs)
            .set(7, halves ? nPairs : 1);
    return batch -> {
      int nRows = batch.size();
      if (!inPlace) {
        api.copy(from, 0, to, 0, 4L * nRows * width);
      }
      int anglesAt = inputs.anglesAt(op.config(), nRows);
      kernel
          .set(2, anglesAt)
          .set(3, anglesAt + nRows * nPairs)
          .launch(OpsKernels.rope(width / op.headDim() * nPairs, nRows));
    };
  }

  private GpuStep selectRows(Op.SelectRows op) {
    int width = op.out().width();
    GpuKernel kernel =
        kernels
            .ops("select_rows")
            .set(0, buffers.of(op.in()))
            .set(1, inputs.buffer())
            .set(3, buffers.of(op.out()))
            .set(4, width);
    return batch ->
        kernel
            .set(2, inputs.wantedAt(batch.size()))
            .launch(OpsKernels.selectRows(width, batch.rows(RowSet.WANTED)));
  }

  private GpuStep scale(Op.Scale op) {
    GpuKernel kernel =
        kernels
            .ops("scale")
            .set(0, buffers.of(op.x()))
            .set(1, buffers.of(op.out()))
            .set(3, op.factor());
    return batch -> {
      int n = batch.rows(op.out().set()) * op.x().width();
      kernel.set(2, n).launch(OpsKernels.elementwise("scale", n));
    };
  }

  /** A step of a kernel that takes these buffers and the number of elements of a value. */
  private GpuStep elementwise(String name, Rows shape, GpuBuffer... arguments) {
    GpuKernel kernel = kernels.ops(name);
    for (int i = 0; i < arguments.length; i++) {
      kernel.set(i, arguments[i]);
    }
    return batch -> {
      int n = batch.rows(shape.set()) * shape.width();
      kernel.set(arguments.length, n).launch(OpsKernels.elementwise(name, n));
    };
  }
}
