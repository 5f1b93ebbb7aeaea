package dev.lamina.gpu;

import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.model.Activation;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.device.OpsKernels;
import dev.lamina.kernels.device.WeightKernels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Compiles operations into launches, for both APIs. */
final class GpuSteps {
  private final GpuApi api;
  private final GpuResources resources;
  private final SessionConfig config;
  private final GpuKernels kernels;
  private final GpuWeights weights;
  private final GpuInputs inputs;
  private final GpuAttention attention;

  GpuSteps(
      GpuApi api,
      GpuResources resources,
      SessionConfig config,
      GpuWeights weights,
      GpuInputs inputs,
      GpuAttention attention) {
    this.api = api;
    this.resources = resources;
    this.config = config;
    this.kernels = new GpuKernels(api, resources, config);
    this.weights = weights;
    this.inputs = inputs;
    this.attention = attention;
  }

  /**
   * The steps of some operations, in order. Inputs of F16 matrices are rounded to F16 first, as the
   * CPU and llama.cpp do.
   */
  GpuStep[] compile(List<Op> ops, GpuBuffers buffers) {
    List<GpuStep> steps = new ArrayList<>();
    Set<Activation> rounded = new HashSet<>();
    for (Op op : ops) {
      if (op instanceof Op.MatMul product
          && product.weight().type() == TensorType.F16
          && rounded.add(product.in())) {
        steps.add(elementwise("round_to_half", product.in().width(), buffers.of(product.in())));
      }
      rounded.removeAll(op.writes());
      steps.add(step(op, buffers));
    }
    return steps.toArray(GpuStep[]::new);
  }

  private GpuStep step(Op op, GpuBuffers buffers) {
    return switch (op) {
      case Op.Embed embed -> embed(embed, buffers);
      case Op.RmsNorm norm -> rmsNorm(norm, buffers);
      case Op.MatMul product -> matMul(product, buffers);
      case Op.Rope rope -> rope(rope, buffers);
      case Op.Attention a ->
          attention.step(
              kernels, a, GpuKvCache.allocate(api, resources, a, config), inputs, buffers);
      case Op.GatedSilu(var gate, var up, var out) ->
          elementwise("gated_silu", out.width(), buffers.of(gate), buffers.of(up), buffers.of(out));
      case Op.Add(var a, var b, var out) ->
          elementwise("add", out.width(), buffers.of(a), buffers.of(b), buffers.of(out));
      case Op.Scale scale -> scale(scale, buffers);
    };
  }

  private GpuStep embed(Op.Embed op, GpuBuffers buffers) {
    int columns = op.out().width();
    GpuKernel kernel =
        kernels
            .weights(op.table().type(), "get_rows")
            .set(0, weights.matrix(op.table()))
            .set(1, inputs.buffer())
            .set(2, buffers.of(op.out()))
            .set(3, columns);
    return nRows -> kernel.launch(WeightKernels.getRows(columns, nRows));
  }

  private GpuStep rmsNorm(Op.RmsNorm op, GpuBuffers buffers) {
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
    return nRows -> kernel.launch(OpsKernels.rmsNorm(nRows * runs));
  }

  private GpuStep matMul(Op.MatMul op, GpuBuffers buffers) {
    int rows = op.out().width();
    GpuKernel[] vec =
        new GpuKernel[Integer.numberOfTrailingZeros(WeightKernels.maxVecTokens()) + 1];
    for (int i = 0; i < vec.length; i++) {
      vec[i] = product("mul_mat_vec_" + (1 << i), op, buffers);
    }
    GpuKernel mat = product("mul_mat", op, buffers);
    return nRows -> {
      if (nRows <= WeightKernels.maxVecTokens()) {
        int log = 32 - Integer.numberOfLeadingZeros(nRows - 1);
        vec[log].launch(WeightKernels.mulMatVec(rows, 1 << log));
      } else {
        mat.set(7, nRows).launch(WeightKernels.mulMat(rows, nRows));
      }
    };
  }

  private GpuKernel product(String name, Op.MatMul op, GpuBuffers buffers) {
    GpuBuffer matrix = weights.matrix(op.weight());
    return kernels
        .weights(op.weight().type(), name)
        .set(0, matrix)
        .set(1, buffers.of(op.in()))
        .set(2, op.bias() == null ? matrix : weights.vector(op.bias()))
        .set(3, buffers.of(op.out()))
        .set(4, op.in().width())
        .set(5, op.out().width())
        .set(6, op.bias() == null ? 0 : 1);
  }

  private GpuStep rope(Op.Rope op, GpuBuffers buffers) {
    int width = op.x().width();
    int nPairs = op.config().nDims() / 2;
    boolean halves = op.config().pairing() == RopeConfig.Pairing.HALVES;
    GpuKernel kernel =
        kernels
            .ops("rope")
            .set(0, buffers.of(op.x()))
            .set(1, inputs.buffer())
            .set(4, width)
            .set(5, op.headDim())
            .set(6, nPairs)
            .set(7, halves ? nPairs : 1);
    return nRows -> {
      int anglesAt = inputs.anglesAt(op.config(), nRows);
      kernel
          .set(2, anglesAt)
          .set(3, anglesAt + nRows * nPairs)
          .launch(OpsKernels.rope(width / op.headDim() * nPairs, nRows));
    };
  }

  private GpuStep scale(Op.Scale op, GpuBuffers buffers) {
    GpuKernel kernel = kernels.ops("scale").set(0, buffers.of(op.x())).set(2, op.factor());
    return nRows -> {
      int n = nRows * op.x().width();
      kernel.set(1, n).launch(OpsKernels.elementwise("scale", n));
    };
  }

  /** A step of a kernel that takes these buffers and the number of values in the rows. */
  private GpuStep elementwise(String name, int width, GpuBuffer... arguments) {
    GpuKernel kernel = kernels.ops(name);
    for (int i = 0; i < arguments.length; i++) {
      kernel.set(i, arguments[i]);
    }
    return nRows -> {
      int n = nRows * width;
      kernel.set(arguments.length, n).launch(OpsKernels.elementwise(name, n));
    };
  }
}
