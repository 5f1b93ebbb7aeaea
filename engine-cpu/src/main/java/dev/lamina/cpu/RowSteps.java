package dev.lamina.cpu;

import dev.lamina.cpu.kernel.Rope;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.kernel.VectorMath;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.RopeTable;
import dev.lamina.engine.model.RowSet;
import dev.lamina.engine.model.Weights;
import dev.lamina.kernels.format.BlockFormat;
import java.lang.foreign.MemorySegment;

/** The operations that work on one token's values at a time. */
final class RowSteps {
  private RowSteps() {}

  static Step embed(
      WorkerPool pool, Scratch[] scratch, Op.Embed op, WeightRows table, Activations arrays) {
    BlockFormat format = op.table().type().format();
    float[] out = arrays.array(op.out());
    int width = op.out().width();
    return new RowStep(pool, op.out().set()) {
      @Override
      protected void row(int row, int worker) {
        MemorySegment weights = table.rows(batch.token(row), 1, scratch[worker]);
        format.dequantize(weights, 0, width, out, row * width);
      }
    };
  }

  static Step selectRows(WorkerPool pool, Op.SelectRows op, Activations arrays) {
    float[] in = arrays.array(op.in());
    float[] out = arrays.array(op.out());
    int width = op.out().width();
    return new RowStep(pool, op.out().set()) {
      @Override
      protected void row(int row, int worker) {
        System.arraycopy(in, batch.wanted(row) * width, out, row * width, width);
      }
    };
  }

  static Step rmsNorm(WorkerPool pool, Scratch[] scratch, Op.RmsNorm op, Activations arrays) {
    float[] in = arrays.array(op.in());
    float[] out = arrays.array(op.out());
    float[] weight = Weights.floats(op.weight());
    int width = op.in().width();
    return new RowStep(pool, op.out().set()) {
      @Override
      protected void row(int row, int worker) {
        int end = (row + 1) * width;
        for (int i = row * width; i < end; i += weight.length) {
          VectorMath.rmsNorm(in, i, weight, op.eps(), out, i, weight.length, scratch[worker]);
        }
      }
    };
  }

  static Step add(WorkerPool pool, Op.Add op, Activations arrays) {
    float[] a = arrays.array(op.a());
    float[] b = arrays.array(op.b());
    float[] out = arrays.array(op.out());
    int width = op.out().width();
    return new RowStep(pool, op.out().set()) {
      @Override
      protected void row(int row, int worker) {
        int offset = row * width;
        VectorMath.add(a, offset, b, offset, out, offset, width);
      }
    };
  }

  static Step scale(WorkerPool pool, Op.Scale op, Activations arrays) {
    float[] x = arrays.array(op.x());
    float[] out = arrays.array(op.out());
    float factor = op.factor();
    int width = op.x().width();
    return new RowStep(pool, op.out().set()) {
      @Override
      protected void row(int row, int worker) {
        for (int i = row * width; i < (row + 1) * width; i++) {
          out[i] = x[i] * factor;
        }
      }
    };
  }

  static Step gatedSilu(WorkerPool pool, Op.GatedSilu op, Activations arrays) {
    float[] gate = arrays.array(op.gate());
    float[] up = arrays.array(op.up());
    float[] out = arrays.array(op.out());
    int width = op.out().width();
    return new RowStep(pool, op.out().set()) {
      @Override
      protected void row(int row, int worker) {
        int offset = row * width;
        VectorMath.siluTimes(gate, offset, up, offset, out, offset, width);
      }
    };
  }

  static Step rope(WorkerPool pool, Op.Rope op, RopeAngles angles, Activations arrays) {
    float[] in = arrays.array(op.x());
    float[] x = arrays.array(op.out());
    int width = op.x().width();
    int nPairs = angles.nPairs();
    boolean halves = op.config().pairing() == RopeConfig.Pairing.HALVES;
    boolean inPlace = arrays.isShared(op.x(), op.out());
    return new RowStep(pool, op.out().set()) {
      @Override
      protected void row(int row, int worker) {
        int end = (row + 1) * width;
        if (!inPlace) {
          System.arraycopy(in, row * width, x, row * width, width);
        }
        for (int head = row * width; head < end; head += op.headDim()) {
          if (halves) {
            Rope.rotateHalves(x, head, nPairs, angles.cos(), angles.sin(), row * nPairs);
          } else {
            Rope.rotateInterleaved(x, head, nPairs, angles.cos(), angles.sin(), row * nPairs);
          }
        }
      }
    };
  }

  /**
   * Cosines and sines for the positions of a batch, [rows, nPairs], computed once per pass for all
   * layers.
   */
  static final class RopeAngles extends RowStep {
    private final RopeTable table;
    private final float[] cos;
    private final float[] sin;

    RopeAngles(WorkerPool pool, RopeConfig config, int maxRows) {
      super(pool, RowSet.ALL);
      this.table = new RopeTable(config);
      this.cos = new float[maxRows * table.nPairs()];
      this.sin = new float[maxRows * table.nPairs()];
    }

    @Override
    protected void row(int row, int worker) {
      table.fill(batch.position(row), cos, sin, row * table.nPairs());
    }

    int nPairs() {
      return table.nPairs();
    }

    float[] cos() {
      return cos;
    }

    float[] sin() {
      return sin;
    }
  }
}
