package dev.lamina.cli;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import dev.lamina.quantize.ImportanceMatrix;
import dev.lamina.quantize.QuantizeOptions;
import dev.lamina.quantize.QuantizePlan;
import dev.lamina.quantize.QuantizeType;
import dev.lamina.quantize.TensorRounding;
import dev.lamina.quantize.TypeChooser;
import dev.lamina.quantize.TypeOptions;
import dev.lamina.quantize.quality.TensorTrials;
import dev.lamina.runtime.OpenDevices;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Measures how sensitive a model is to errors in its matrices, and chooses types by that. */
final class TypeChoice {
  /**
   * The type to measure with: coarse enough to show the effect of one matrix, and near the types
   * that are chosen.
   */
  private static final TensorType PROBE = TensorType.Q3_K;

  /** The type for rows that are not a multiple of its block size. */
  private static final TensorType SMALL_PROBE = TensorType.Q4_0;

  /** Number of rows of a matrix to compute errors of. */
  private static final int ROWS = 256;

  private final Console console;
  private final GgufFile source;
  private final ImportanceMatrix importance;
  private final Path imatrix;
  private final int threads;
  private final Map<String, Double> sensitivities = new LinkedHashMap<>();
  private final Map<String, Map<TensorType, Double>> errors = new LinkedHashMap<>();

  TypeChoice(
      Console console, GgufFile source, ImportanceMatrix importance, Path imatrix, int threads) {
    this.console = console;
    this.source = source;
    this.importance = importance;
    this.imatrix = imatrix;
    this.threads = threads;
  }

  private List<GgufTensor> matrices() {
    return TypeChooser.matrices(source.tensors().values());
  }

  /** Divergence by squared error of each matrix, by name. */
  Map<String, Double> sensitivities() {
    return sensitivities;
  }

  /**
   * Uses sensitivities that were measured before.
   *
   * @throws CliException if a matrix has none, as in a file of another model or a damaged one
   */
  void use(Path file, Map<String, Double> measured) {
    for (GgufTensor tensor : matrices()) {
      Double value = measured.get(tensor.name());
      if (value == null || !(value >= 0) || value.isInfinite()) {
        throw new CliException(
            "%s: the sensitivity of %s is %s, expected a number from 0 on; delete the file to measure again"
                .formatted(file, tensor.name(), value == null ? "missing" : value));
      }
      sensitivities.put(tensor.name(), value);
    }
  }

  /**
   * Quantizes one matrix after the other and measures the divergence.
   *
   * @param base file with the model's predictions
   */
  void measure(Path base) throws IOException {
    List<GgufTensor> matrices = matrices();
    Progress progress = new Progress(console, "Trying matrices", matrices.size());
    BackendOptions compute = new BackendOptions(threads, false, CpuKernels.VECTOR);
    try (OpenDevices cpu = OpenDevices.cpu(compute)) {
      Backend backend = cpu.targets().getFirst().backend();
      TensorTrials trials = new TensorTrials(source, backend, base);
      for (GgufTensor tensor : matrices) {
        TensorType probe = probe(tensor);
        TensorRounding rounding = rounding(tensor);
        try (Arena arena = Arena.ofShared()) {
          double divergence = trials.divergence(rounding.as(probe, arena));
          double error = error(tensor, probe);
          sensitivities.put(tensor.name(), error > 0 ? divergence / error : 0);
        }
        progress.add(1);
      }
    } finally {
      progress.finish();
    }
  }

  private static TensorType probe(GgufTensor tensor) {
    return tensor.columns() % PROBE.blockSize() == 0 ? PROBE : SMALL_PROBE;
  }

  private TensorRounding rounding(GgufTensor tensor) {
    return new TensorRounding(tensor, importance, String.valueOf(imatrix));
  }

  private double error(GgufTensor tensor, TensorType type) {
    return errors
        .computeIfAbsent(tensor.name(), _ -> new LinkedHashMap<>())
        .computeIfAbsent(type, t -> rounding(tensor).error(t, ROWS));
  }

  /** Total size of all tensors at a number of bits per weight. */
  long bytes(double bitsPerWeight) {
    long weights = source.tensors().values().stream().mapToLong(t -> t.columns() * t.rows()).sum();
    return (long) (bitsPerWeight * weights / 8);
  }

  /**
   * The types that fit.
   *
   * @param bytes for all tensors
   * @param onGpu whether a tensor will be multiplied on a GPU; null if that is not known
   */
  TypeOptions of(long bytes, Function<GgufTensor, Boolean> onGpu) {
    TypeChooser chooser = new TypeChooser();
    List<GgufTensor> matrices = matrices();
    Progress progress = new Progress(console, "Computing errors", matrices.size());
    long others = source.tensors().values().stream().mapToLong(t -> t.byteSize()).sum();
    for (GgufTensor tensor : matrices) {
      others -= tensor.byteSize();
      chooser.add(tensor, costs(tensor, onGpu.apply(tensor)));
      progress.add(1);
    }
    progress.finish();
    Map<String, TensorType> chosen = chooser.choose(bytes - others);
    return new TypeOptions(
        nearest(chooser.bytes(chosen) + others),
        false,
        false,
        null,
        null,
        TypeChooser.overrides(chosen));
  }

  private Map<TensorType, Double> costs(GgufTensor tensor, Boolean onGpu) {
    Map<TensorType, Double> costs = new LinkedHashMap<>();
    boolean hasImportance = rounding(tensor).hasImportance();
    for (TensorType type : TypeChooser.candidates(onGpu)) {
      if (tensor.columns() % type.blockSize() == 0
          && (hasImportance || !TypeChooser.needsImportance(type))) {
        costs.put(type, sensitivities.get(tensor.name()) * error(tensor, type));
      }
    }
    if (costs.isEmpty()) {
      for (TensorType type : List.of(TensorType.Q4_0, TensorType.Q5_0, TensorType.Q8_0)) {
        if (tensor.columns() % type.blockSize() == 0) {
          costs.put(type, sensitivities.get(tensor.name()) * error(tensor, type));
        }
      }
    }
    if (costs.isEmpty()) {
      costs.put(TensorType.F16, 0.0);
    }
    return costs;
  }

  /** The standard type nearest to this size; the file gets its number. */
  private QuantizeType nearest(long bytes) {
    return QuantizeType.names().stream()
        .map(QuantizeType::of)
        .filter(type -> type.mix() != null && type.ends() == null && type.isGeneral())
        .filter(type -> !type.name().startsWith("F") && !type.name().equals("BF16"))
        .min(
            Comparator.comparingLong(type -> {
              QuantizeOptions options = QuantizeOptions.of(TypeOptions.of(type));
              return Math.abs(QuantizePlan.of(source, options).bytes() - bytes);
            }))
        .orElseThrow();
  }
}
