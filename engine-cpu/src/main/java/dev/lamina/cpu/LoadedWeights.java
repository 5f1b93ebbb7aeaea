package dev.lamina.cpu;

import dev.lamina.cpu.kernel.MatMul;
import dev.lamina.cpu.kernel.PlainProducts;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import java.util.List;
import java.util.stream.Stream;

/**
 * The weights that a backend multiplies: repacked, or in the file's layout. Owns the copies that it
 * makes.
 */
final class LoadedWeights implements AutoCloseable {
  private final PackedWeights packed;
  private final MachineKernels machine;
  private final HeldWeights held = new HeldWeights();

  /**
   * @param packed closed by this
   * @param machine null to multiply with the Vector API
   */
  LoadedWeights(PackedWeights packed, MachineKernels machine) {
    this.packed = packed;
    this.machine = machine;
  }

  /** Bytes of memory for some weights. */
  long bytes(List<GgufTensor> repacked, List<GgufTensor> plain) {
    long restored =
        Stream.concat(repacked.stream(), plain.stream())
            .filter(GgufTensor::isRestored)
            .map(GgufTensor::whole)
            .distinct()
            .mapToLong(GgufTensor::byteSize)
            .reduce(0, Math::addExact);
    long copies = repacked.stream().mapToLong(packed::bytes).reduce(restored, Math::addExact);
    return plain.stream().mapToLong(HeldWeights::bytes).reduce(copies, Math::addExact);
  }

  /**
   * Loads the weights that are not in memory yet.
   *
   * @param plain weights that are used in the file's layout
   * @throws OutOfMemoryError if memory does not suffice
   */
  void load(List<GgufTensor> repacked, List<GgufTensor> plain, WorkerPool pool) {
    packed.add(repacked, pool);
    held.hold(plain, pool);
  }

  /** The repacked copy of a matrix; null if it has none. */
  PackedCopy packed(GgufTensor tensor) {
    return packed.get(tensor);
  }

  /** Access to the rows of a tensor in the file's layout. */
  WeightRows rows(GgufTensor tensor) {
    return new WeightRows(tensor, held.get(tensor));
  }

  /** Products with weights of a type in the file's layout. */
  PlainProducts products(TensorType type) {
    return machine == null ? MatMul.of(type) : machine.plain(type);
  }

  /**
   * Products that repack weights each time; null if that would not be faster.
   *
   * @param workers that multiply
   */
  FileStrips strips(GgufTensor tensor, int workers) {
    return machine == null || packed.bytes(tensor) == 0
        ? null
        : new FileStrips(machine, tensor, rows(tensor), workers);
  }

  @Override
  public void close() {
    packed.close();
    held.close();
  }
}
