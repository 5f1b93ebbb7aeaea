package dev.lamina.cpu.machine;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.VecOp;
import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.cpu.kernel.PlainProducts;
import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.rows.RowKernels;
import dev.lamina.cpu.system.CodeMemory;
import dev.lamina.cpu.system.CpuFeatures;
import dev.lamina.cpu.system.Platform;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.rows.RowProgram;
import dev.lamina.kernels.TensorType;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The kernels of a tier. Each is assembled at its first use. Thread-safe. */
public final class MachineKernels {
  /** Index of the function for a single token. */
  static final int SINGLE = 0;

  /** Index of the function for tiles, above all numbers of tokens. */
  static final int TILES = 9;

  /** Index of the function for many tokens without tiles. */
  static final int BATCH = 10;

  static final int PACKER = 11;

  /** Number of units to pack in one call; during a call the garbage collector must wait. */
  private static final int UNITS_AT_ONCE = 16;

  private static final Logger LOG = System.getLogger(MachineKernels.class.getName());

  private final Platform platform;
  private final Tier tier;
  private final VecOp dot;
  private final boolean dense;
  private final MemorySegment roundOne;
  private final MemorySegment roundSome;

  /** Functions by type, unit and the index of {@link #function}. */
  private final MemorySegment[][][] functions =
      new MemorySegment[TensorType.values().length][Integer.numberOfTrailingZeros(Packing.UNIT) + 1]
          [];

  /** Functions of row programs. */
  private final IdentityHashMap<RowProgram, MemorySegment> programs = new IdentityHashMap<>();

  /** Functions of {@link FloatKernel} by type, place of the results and tokens. */
  private final MemorySegment[][][] floats;

  private MachineKernels(Platform platform, CpuFeatures cpu, Tier tier) {
    this.platform = platform;
    this.tier = tier;
    this.dot = tier.dot(cpu);
    this.dense = tier.vectors() == Tier.AVX512 && cpu.has(CpuFeatures.Feature.AVX512_VBMI);
    this.roundOne = load(new RoundKernel(Input.SINGLE).emit(platform));
    this.floats = new MemorySegment[3][2][FloatKernel.tokens(tier) + 1];
    this.roundSome = load(new RoundKernel(tier.input()).emit(platform));
  }

  /**
   * The kernels that the user asked for.
   *
   * @return null for the Vector API; also for {@code AUTO} if the system or processor can run no
   *     machine code
   * @throws BackendException if the requested kernels cannot run here
   */
  public static MachineKernels of(CpuKernels wanted) {
    Platform platform = Platform.current();
    return of(wanted, platform, () -> CpuFeatures.detect(platform));
  }

  /**
   * @param features throws a BackendException if the system does not execute machine code
   */
  static MachineKernels of(CpuKernels wanted, Platform platform, Supplier<CpuFeatures> features) {
    if (wanted == CpuKernels.VECTOR) {
      return null;
    }
    CpuFeatures cpu;
    try {
      cpu = features.get();
    } catch (BackendException e) {
      if (wanted == CpuKernels.AUTO) {
        LOG.log(Level.WARNING, e.getMessage() + "; the Vector API serves, which is slower");
        return null;
      }
      throw new BackendException(
          "there are no " + wanted.label() + " kernels: " + e.getMessage(), e);
    }
    Optional<Tier> tier =
        tiers(cpu).filter(t -> wanted == CpuKernels.AUTO || t.kernels == wanted).findFirst();
    if (tier.isEmpty() && wanted != CpuKernels.AUTO) {
      throw new BackendException(
          "this processor cannot run %s kernels, only %s"
              .formatted(
                  wanted.label(),
                  Stream.concat(tiers(cpu).map(t -> t.kernels), Stream.of(CpuKernels.VECTOR))
                      .map(CpuKernels::label)
                      .collect(Collectors.joining(", "))));
    }
    return tier.map(t -> new MachineKernels(platform, cpu, t)).orElse(null);
  }

  /** The kernels that the processor and the system can run, the best first. */
  public static List<CpuKernels> available() {
    try {
      return tiers(CpuFeatures.detect(Platform.current())).map(tier -> tier.kernels).toList();
    } catch (BackendException e) {
      return List.of(); // opening a backend reports the reason
    }
  }

  /** The reason that the system runs no machine code; empty if it does. */
  public static String problem() {
    try {
      CpuFeatures.detect(Platform.current());
      return "";
    } catch (BackendException e) {
      return e.getMessage();
    }
  }

  private static Stream<Tier> tiers(CpuFeatures cpu) {
    return Stream.of(Tier.values()).filter(tier -> tier.runsOn(cpu));
  }

  public CpuKernels kind() {
    return tier.kernels;
  }

  /** As {@link dev.lamina.cpu.kernel.PackedProducts#dense}. */
  public boolean dense() {
    return dense;
  }

  Tier tier() {
    return tier;
  }

  Platform platform() {
    return platform;
  }

  /** Bytes of the activations of this number of tokens. */
  public long inputBytes(int tokens, int columns) {
    Input input = tier.input();
    return (long) Math.ceilDiv(tokens, input.tokens()) * input.bytes(columns);
  }

  /**
   * The function for a matrix.
   *
   * @param index number of tokens, or {@link #SINGLE} for a token stored alone, see {@link
   *     DotKernel}; {@link #TILES}, see {@link TileKernel}; {@link #BATCH}, see {@link
   *     BatchKernel}; {@link #PACKER}, see {@link PackKernel}
   */
  MemorySegment function(PackedMatrix m, int index) {
    MemorySegment[][] units = functions[m.type().ordinal()];
    int shift = Integer.numberOfTrailingZeros(m.unit());
    MemorySegment[] some = units[shift];
    MemorySegment function = some == null ? null : some[index];
    return function == null ? load(units, shift, m, index) : function;
  }

  private synchronized MemorySegment load(
      MemorySegment[][] units, int shift, PackedMatrix m, int index) {
    if (units[shift] == null) {
      units[shift] = new MemorySegment[PACKER + 1];
    }
    if (units[shift][index] == null) {
      units[shift][index] = load(assemble(m, index));
    }
    return units[shift][index];
  }

  /** Products with weights of a type in the file's layout. */
  public PlainProducts plain(TensorType type) {
    return new FloatProducts(this, type);
  }

  /** The function of {@link FloatKernel}. */
  MemorySegment function(TensorType type, boolean inArray, int tokens) {
    int kind = type == TensorType.F32 ? 0 : type == TensorType.F16 ? 1 : 2;
    MemorySegment[] some = floats[kind][inArray ? 1 : 0];
    MemorySegment function = some[tokens];
    return function == null ? load(some, type, inArray, tokens) : function;
  }

  private synchronized MemorySegment load(
      MemorySegment[] some, TensorType type, boolean inArray, int tokens) {
    if (some[tokens] == null) {
      some[tokens] = load(new FloatKernel(tier, type, inArray, tokens).emit(platform));
    }
    return some[tokens];
  }

  private Assembler assemble(PackedMatrix m, int index) {
    return switch (index) {
      case TILES -> new TileKernel(m.packing(), m.unit()).emit(platform);
      case BATCH -> new BatchKernel(tier, dot, m.packing(), m.unit()).emit(platform);
      case PACKER -> new PackKernel(tier, m.type(), m.packing(), m.unit()).emit(platform);
      default -> {
        Input input = index == SINGLE ? Input.SINGLE : tier.input();
        int tokens = index == SINGLE ? 1 : index;
        yield new DotKernel(tier.vectors(), dot, m.packing(), m.unit(), input, tokens)
            .emit(platform);
      }
    };
  }

  /**
   * Fills a strip as {@link PackedMatrix#pack} does, if there is a kernel for the type faster.
   *
   * @param rows as for {@link PackedMatrix#pack}
   * @param scratch of the worker
   */
  public boolean pack(PackedMatrix m, int strip, MemorySegment rows, Scratch scratch) {
    if (!PackKernel.packs(m.type())) {
      return m.pack(strip, rows, scratch);
    }
    MemorySegment function = function(m, PACKER);
    long weights = wholeStrip(m, m.stripRows(strip), rows, scratch).address();
    long unitBytes = m.type().bytes(m.unit());
    int units = m.columns() / m.unit();
    Objects.checkFromIndexSize(m.offset(strip, 0), m.offset(1, 0), m.data().byteSize());
    MemorySegment infinite = scratch.results(tier.bits / Float.SIZE);
    long bits = 0;
    for (int u = 0; u < units; u += UNITS_AT_ONCE) {
      call(
          function,
          weights + u * unitBytes,
          m.rowBytes(),
          m.data(),
          m.offset(strip, u),
          infinite.address(),
          Math.min(UNITS_AT_ONCE, units - u),
          0);
      for (long i = 0; i < tier.bits / 8; i += Long.BYTES) {
        bits |= infinite.get(ValueLayout.JAVA_LONG, i);
      }
    }
    return bits == 0;
  }

  /** 16 rows of weights; zeros follow the rows that there are. */
  private static MemorySegment wholeStrip(
      PackedMatrix m, int n, MemorySegment rows, Scratch scratch) {
    long bytes = n * m.rowBytes();
    Objects.checkFromIndexSize(0, bytes, rows.byteSize());
    if (n == Packing.ROWS) {
      return rows;
    }
    MemorySegment whole = scratch.strip(Packing.ROWS * m.rowBytes());
    MemorySegment.copy(rows, 0, whole, 0, bytes);
    whole.asSlice(bytes).fill((byte) 0);
    return whole;
  }

  /** Row programs in machine code. */
  public RowKernels rows() {
    return (program, repeats, parameters) ->
        new MachineRows(function(program), program, repeats, parameters);
  }

  private synchronized MemorySegment function(RowProgram program) {
    MemorySegment function = programs.get(program);
    if (function == null) {
      function = load(new RowKernel(program).emit(platform));
      programs.put(program, function);
    }
    return function;
  }

  /** Makes a function executable. It lives as long as a handle to it. */
  MemorySegment load(Assembler a) {
    return new CodeMemory(platform, a.toByteArray(), Arena.ofAuto()).entry();
  }

  /**
   * Rounds the activations of a token.
   *
   * @param at index of the first activation
   * @param to address of the token in the first block
   */
  void round(Input input, MemorySegment x, int at, long to, int columns) {
    MemorySegment function = input.tokens() == 1 ? roundOne : roundSome;
    CodeMemory.call(function, to, columns / 32L, x, (long) at * Float.BYTES, 0, 0);
  }

  /**
   * Calls a product kernel.
   *
   * @param weights address of the first strip
   * @param x address of the activations
   * @param y of floats, on the heap or not
   * @param yAt bytes
   * @param yStride bytes from token to token
   */
  static void call(
      MemorySegment function,
      long weights,
      long x,
      MemorySegment y,
      long yAt,
      long yStride,
      int units,
      int strips) {
    CodeMemory.call(function, weights, x, y, yAt, yStride, units | (long) strips << 32);
  }
}
