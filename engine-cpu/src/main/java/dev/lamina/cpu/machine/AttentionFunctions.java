package dev.lamina.cpu.machine;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * The machine code of attention for heads and a KV cache of one kind. Each function is assembled at
 * its first use. Thread-safe.
 */
public final class AttentionFunctions {
  /** Functions without a number of rows. */
  enum Part {
    STORE_KEY,
    STORE_VALUE,
    QUERIES,
    EXPONENTIALS,
    WEIGH,
    ADD_UP
  }

  final TensorType keyType;
  final TensorType valueType;
  final int headDim;

  private final MachineKernels kernels;

  /** Whether keys, or values, are multiplied as they lie in the cache. */
  private final boolean readsKeys;

  private final boolean readsValues;
  private final MemorySegment[] parts = new MemorySegment[Part.values().length];

  /** Products by number of rows. */
  private final MemorySegment[] scores;

  private final MemorySegment[] sums;

  /**
   * @param headDim any; values of a multiple of 8 need not be converted
   */
  public AttentionFunctions(
      MachineKernels kernels, TensorType keyType, TensorType valueType, int headDim) {
    this.kernels = kernels;
    this.keyType = keyType;
    this.valueType = valueType;
    this.headDim = headDim;
    this.readsKeys = PanelKernel.reads(keyType);
    this.readsValues = PanelKernel.reads(valueType) && headDim % CacheRowKernel.EIGHT == 0;
    this.scores = new MemorySegment[PanelKernel.mostRows(kernels.tier(), readKeyType(), true) + 1];
    this.sums = new MemorySegment[PanelKernel.mostRows(kernels.tier(), readValueType(), false) + 1];
  }

  boolean readsKeys() {
    return readsKeys;
  }

  boolean readsValues() {
    return readsValues;
  }

  /** The type of the keys that {@link #product} reads. */
  TensorType readKeyType() {
    return readsKeys ? keyType : TensorType.F32;
  }

  TensorType readValueType() {
    return readsValues ? valueType : TensorType.F32;
  }

  /** The headDim of the values that {@link #product} reads. */
  int paddedDim() {
    return (headDim + CacheRowKernel.EIGHT - 1) / CacheRowKernel.EIGHT * CacheRowKernel.EIGHT;
  }

  /** Largest number of rows of a product. */
  int mostRows(boolean keys) {
    return (keys ? scores : sums).length - 1;
  }

  /** The product of blocks of rows, see {@link PanelKernel}. */
  MemorySegment product(boolean keys, int rows) {
    MemorySegment function = (keys ? scores : sums)[rows];
    return function == null ? loadProduct(keys, rows) : function;
  }

  MemorySegment part(Part part) {
    MemorySegment function = parts[part.ordinal()];
    return function == null ? loadPart(part) : function;
  }

  private synchronized MemorySegment loadProduct(boolean keys, int rows) {
    MemorySegment[] functions = keys ? scores : sums;
    if (functions[rows] == null) {
      TensorType type = keys ? readKeyType() : readValueType();
      int dim = keys ? headDim : paddedDim();
      PanelKernel kernel = new PanelKernel(kernels.tier(), type, keys, dim, rows);
      functions[rows] = kernels.load(kernel.emit(kernels.platform()));
    }
    return functions[rows];
  }

  private synchronized MemorySegment loadPart(Part part) {
    if (parts[part.ordinal()] == null) {
      parts[part.ordinal()] = kernels.load(assemble(part));
    }
    return parts[part.ordinal()];
  }

  private Assembler assemble(Part part) {
    CacheRowKernel rows = new CacheRowKernel(kernels.platform());
    SoftmaxKernel softmax = new SoftmaxKernel(kernels.tier(), kernels.platform());
    return switch (part) {
      case STORE_KEY -> rows.storeKey(keyType);
      case STORE_VALUE -> rows.storeValue(valueType);
      case QUERIES -> softmax.scale(keyType == TensorType.F16, false);
      case EXPONENTIALS -> softmax.exponentials();
      case WEIGH -> softmax.scale(false, valueType == TensorType.F16);
      case ADD_UP -> rows.addUp();
    };
  }
}
