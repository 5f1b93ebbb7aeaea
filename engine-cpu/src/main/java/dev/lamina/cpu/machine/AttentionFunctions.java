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
    ADD_UP,
    FLOAT_KEYS,
    FLOAT_VALUES
  }

  final TensorType keyType;
  final TensorType valueType;
  final int headDim;

  private final MachineKernels kernels;

  /** Whether keys, or values, are multiplied as they lie in the cache. */
  private final boolean readsKeys;

  private final boolean readsValues;
  private final MemorySegment[] parts = new MemorySegment[Part.values().length];

  private final Products scores;
  private final Products sums;

  /** The same with tiles that were converted to F32. */
  private final Products floatScores;

  private final Products floatSums;

  /** The products with one kind of tiles, by number of rows. */
  final class Products {
    private final TensorType type;
    private final boolean keys;
    private final MemorySegment[] functions;

    Products(TensorType type, boolean keys) {
      this.type = type;
      this.keys = keys;
      this.functions = new MemorySegment[mostRows() + 1];
    }

    /** Largest number of rows of a block. */
    int mostRows() {
      return PanelKernel.mostRows(kernels.tier(), type, keys);
    }

    /** The product of blocks of rows, see {@link PanelKernel}. */
    MemorySegment of(int rows) {
      MemorySegment function = functions[rows];
      return function == null ? load(rows) : function;
    }

    private synchronized MemorySegment load(int rows) {
      if (functions[rows] == null) {
        int dim = keys ? headDim : paddedDim();
        PanelKernel kernel = new PanelKernel(kernels.tier(), type, keys, dim, rows);
        functions[rows] = kernels.load(kernel.emit(kernels.platform()));
      }
      return functions[rows];
    }
  }

  /**
   * @param headDim any; values of a multiple of 8 need not be converted
   */
  public AttentionFunctions(
      MachineKernels kernels, TensorType keyType, TensorType valueType, int headDim) {
    this.kernels = kernels;
    this.keyType = keyType;
    this.valueType = valueType;
    this.headDim = headDim;
    this.readsKeys = CacheElements.reads(keyType);
    this.readsValues = CacheElements.reads(valueType) && headDim % CacheRowKernel.EIGHT == 0;
    this.floatScores = new Products(TensorType.F32, true);
    this.floatSums = new Products(TensorType.F32, false);
    this.scores = readsKeys ? new Products(keyType, true) : floatScores;
    this.sums = readsValues ? new Products(valueType, false) : floatSums;
  }

  boolean readsKeys() {
    return readsKeys;
  }

  boolean readsValues() {
    return readsValues;
  }

  /**
   * Whether machine code converts keys to F32 with the same results. Sums of Q8_0 codes are
   * multiplied by scales, which is something else.
   */
  boolean convertsKeys() {
    return keyType == TensorType.F16 || keyType == TensorType.BF16;
  }

  boolean convertsValues() {
    return readsValues && valueType != TensorType.F32;
  }

  /**
   * Products with keys.
   *
   * @param floats whether the keys were converted to F32
   */
  Products scores(boolean floats) {
    return floats ? floatScores : scores;
  }

  /**
   * Products with values.
   *
   * @param floats whether the values were converted to F32
   */
  Products sums(boolean floats) {
    return floats ? floatSums : sums;
  }

  /** The headDim of the values that products read. */
  int paddedDim() {
    return (headDim + CacheRowKernel.EIGHT - 1) / CacheRowKernel.EIGHT * CacheRowKernel.EIGHT;
  }

  MemorySegment part(Part part) {
    MemorySegment function = parts[part.ordinal()];
    return function == null ? loadPart(part) : function;
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
      case FLOAT_KEYS -> FloatTileKernel.emit(kernels.tier(), keyType, kernels.platform());
      case FLOAT_VALUES -> FloatTileKernel.emit(kernels.tier(), valueType, kernels.platform());
    };
  }
}
