package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.rows.BoundRows;
import dev.lamina.cpu.rows.WorkingMemory;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeConfig;
import dev.lamina.engine.model.RopeTable;
import dev.lamina.engine.model.RowSet;
import dev.lamina.engine.model.Rows;
import dev.lamina.kernels.format.BlockFormat;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** What is computed row by row. */
final class RowWorks {
  private RowWorks() {}

  static RowWork embed(Scratch[] scratch, Op.Embed op, WeightRows table, Activations arrays) {
    BlockFormat format = op.table().type().format();
    WorkingMemory memory = arrays.memory();
    int out = arrays.at(op.out());
    int width = op.out().width();
    return new RowWork(op.out().set(), List.of(op.out())) {
      @Override
      void rows(Batch batch, int first, int n, int worker) {
        for (int row = first; row < first + n; row++) {
          MemorySegment weights = table.rows(batch.token(row), 1, scratch[worker]);
          format.dequantize(weights, 0, width, memory.floats(), out + row * width);
        }
      }
    };
  }

  static RowWork selectRows(Op.SelectRows op, Activations arrays) {
    WorkingMemory memory = arrays.memory();
    int in = arrays.at(op.in());
    int out = arrays.at(op.out());
    int width = op.out().width();
    return new RowWork(op.out().set(), List.of(op.out())) {
      @Override
      Rows gathered() {
        return op.in();
      }

      @Override
      void rows(Batch batch, int first, int n, int worker) {
        float[] floats = memory.floats();
        for (int row = first; row < first + n; row++) {
          System.arraycopy(
              floats, in + batch.wanted(row) * width, floats, out + row * width, width);
        }
      }
    };
  }

  /**
   * A row program.
   *
   * @param n elements of a run
   */
  static RowWork program(
      BoundRows program, int n, RowSet set, List<Rows> values, Activations arrays) {
    WorkingMemory memory = arrays.memory();
    return new RowWork(set, values) {
      @Override
      void rows(Batch batch, int first, int rows, int worker) {
        program.run(memory, first, rows, 0, n, worker);
      }
    };
  }

  /**
   * Rounds the input of products to 8 bits.
   *
   * @param in index of the input
   */
  static RowWork round(
      PackedProducts products,
      Scratch[] scratch,
      Rows value,
      int in,
      boolean asFloats,
      Activations arrays) {
    WorkingMemory memory = arrays.memory();
    return new RowWork(value.set(), List.of(value)) {
      @Override
      int prepare(Batch batch) {
        products.shape(batch.rows(set()), value.width());
        return products.groupTokens();
      }

      @Override
      void rows(Batch batch, int first, int n, int worker) {
        int tokens = products.groupTokens();
        for (int row = first; row < first + n; row += tokens) {
          products.fill(row / tokens, memory.floats(), in, asFloats, scratch[worker]);
        }
      }
    };
  }

  /** Fills a table of {@link RopeTable#fillRow} for the rows of a batch, once for all layers. */
  static RowWork angles(RopeConfig config, int table, Activations arrays) {
    WorkingMemory memory = arrays.memory();
    RopeTable angles = new RopeTable(config);
    return new RowWork(RowSet.ALL, List.of()) {
      @Override
      void rows(Batch batch, int first, int n, int worker) {
        for (int row = first; row < first + n; row++) {
          int at = table + row * angles.rowLength();
          angles.fillRow(batch.position(row), memory.floats(), at);
        }
      }
    };
  }
}
