package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.gguf.GgufTensor;
import java.lang.foreign.MemorySegment;

/**
 * Products with a quantized matrix in the file's layout. Whoever multiplies repacks the rows into
 * its own memory, each time, which is faster than to multiply them as they are.
 */
final class FileStrips {
  private final MachineKernels machine;
  private final GgufTensor tensor;
  private final WeightRows rows;

  /** The repacked rows of each worker, and those of the last product of the matrix. */
  private final PackedMatrix[] whole;

  private final PackedMatrix[] last;

  /**
   * @param rows of the tensor
   * @param workers that multiply
   */
  FileStrips(MachineKernels machine, GgufTensor tensor, WeightRows rows, int workers) {
    this.machine = machine;
    this.tensor = tensor;
    this.rows = rows;
    this.whole = new PackedMatrix[workers];
    this.last = new PackedMatrix[workers];
  }

  /**
   * As {@link PackedProducts#multiply}, for the matrix of the file.
   *
   * @param scratch of the worker
   * @return false if a scale of these rows is not finite, so that they cannot be repacked; then
   *     nothing is done
   */
  boolean multiply(
      PackedProducts products,
      int rowBegin,
      int begin,
      int end,
      float[] y,
      int yAt,
      int yStride,
      int worker,
      Scratch scratch) {
    int n = (int) Math.min(PackedProducts.ROWS, tensor.rows() - rowBegin);
    PackedMatrix m = matrix(n, worker, scratch);
    boolean finite = true;
    for (int strip = 0; strip < m.nStrips(); strip++) {
      int first = rowBegin + strip * Packing.ROWS;
      MemorySegment source = rows.rows(first, m.stripRows(strip), scratch);
      finite &= machine.pack(m, strip, source, scratch);
    }
    if (!finite) {
      return false;
    }
    products.multiply(m, 0, n, begin, end, y, yAt, yStride, scratch);
    return true;
  }

  private PackedMatrix matrix(int n, int worker, Scratch scratch) {
    PackedMatrix[] matrices = n == PackedProducts.ROWS ? whole : last;
    if (matrices[worker] == null) {
      matrices[worker] =
          PackedMatrix.allocate(
              tensor.type(),
              n,
              (int) tensor.columns(),
              machine.dense(),
              (bytes, alignment) -> scratch.packed(bytes));
    }
    return matrices[worker];
  }
}
