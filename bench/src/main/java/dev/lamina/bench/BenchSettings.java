package dev.lamina.bench;

import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.CpuMask;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.ThreadPlacement;
import dev.lamina.gguf.LoadMode;
import dev.lamina.kernels.TensorType;
import java.util.EnumMap;
import java.util.Map;

/**
 * How a test is computed.
 *
 * @param nBatch most tokens of a prompt given to the session at once
 * @param nUbatch most tokens of one forward pass
 * @param keyType of the KV cache
 * @param valueType likewise
 * @param flashAttention reported, and of no effect
 * @param repack weights may be kept in a faster layout than the file's
 * @param kernels for those
 * @param reported values of parameters that are no components, where they are given
 */
public record BenchSettings(
    int threads,
    int nBatch,
    int nUbatch,
    TensorType keyType,
    TensorType valueType,
    FlashAttention flashAttention,
    boolean repack,
    CpuKernels kernels,
    Map<ReportedParameter, String> reported) {
  static final int DEFAULT_BATCH = 2048;
  static final int DEFAULT_UBATCH = 512;

  /**
   * @throws IllegalArgumentException if a number is not positive
   */
  public BenchSettings {
    requirePositive("threads", threads);
    requirePositive("batch size", nBatch);
    requirePositive("ubatch size", nUbatch);
    reported = Map.copyOf(reported);
  }

  /** llama-bench's defaults. */
  public static BenchSettings of(int threads) {
    return new BenchSettings(
        threads,
        DEFAULT_BATCH,
        DEFAULT_UBATCH,
        TensorType.F16,
        TensorType.F16,
        FlashAttention.AUTO,
        true,
        CpuKernels.AUTO,
        Map.of());
  }

  BenchSettings withThreads(int value) {
    return new BenchSettings(
        value, nBatch, nUbatch, keyType, valueType, flashAttention, repack, kernels, reported);
  }

  BenchSettings withBatch(int value) {
    return new BenchSettings(
        threads, value, nUbatch, keyType, valueType, flashAttention, repack, kernels, reported);
  }

  BenchSettings withUbatch(int value) {
    return new BenchSettings(
        threads, nBatch, value, keyType, valueType, flashAttention, repack, kernels, reported);
  }

  BenchSettings withKeyType(TensorType value) {
    return new BenchSettings(
        threads, nBatch, nUbatch, value, valueType, flashAttention, repack, kernels, reported);
  }

  BenchSettings withValueType(TensorType value) {
    return new BenchSettings(
        threads, nBatch, nUbatch, keyType, value, flashAttention, repack, kernels, reported);
  }

  BenchSettings withFlashAttention(FlashAttention value) {
    return new BenchSettings(
        threads, nBatch, nUbatch, keyType, valueType, value, repack, kernels, reported);
  }

  BenchSettings withRepack(boolean value) {
    return new BenchSettings(
        threads, nBatch, nUbatch, keyType, valueType, flashAttention, value, kernels, reported);
  }

  public BenchSettings withKernels(CpuKernels value) {
    return new BenchSettings(
        threads, nBatch, nUbatch, keyType, valueType, flashAttention, repack, value, reported);
  }

  BenchSettings withReported(ReportedParameter parameter, String value) {
    Map<ReportedParameter, String> values = new EnumMap<>(ReportedParameter.class);
    values.putAll(reported);
    values.put(parameter, value);
    return new BenchSettings(
        threads, nBatch, nUbatch, keyType, valueType, flashAttention, repack, kernels, values);
  }

  /** The value that a report has for a parameter. */
  public String reported(ReportedParameter parameter) {
    return reported.getOrDefault(parameter, parameter.usual());
  }

  /** How the model's file is loaded. */
  LoadMode loadMode() {
    return LoadMode.parse(reported(ReportedParameter.LOAD_MODE));
  }

  /** The devices to use, as they were named; {@code auto} if they were not. */
  public String devices() {
    return reported(ReportedParameter.DEVICES);
  }

  /** How several GPUs are used: {@code none}, {@code layer}, {@code row} or {@code tensor}. */
  public String splitMode() {
    return reported(ReportedParameter.SPLIT_MODE);
  }

  /** Whether tests are computed in the same way. */
  boolean computesAs(BenchSettings other) {
    return loadMode() == other.loadMode()
        && usesSameDevices(other)
        && withoutReported().equals(other.withoutReported());
  }

  /** Whether tests can share opened devices. */
  boolean usesSameDevices(BenchSettings other) {
    return devices().equals(other.devices())
        && splitMode().equals(other.splitMode())
        && backend().equals(other.backend());
  }

  /** What the CPU computes with. */
  public BackendOptions backend() {
    return new BackendOptions(threads, repack, kernels, placement());
  }

  private ThreadPlacement placement() {
    return new ThreadPlacement(
        ThreadPlacement.Numa.NONE,
        CpuMask.parseHex(reported(ReportedParameter.CPU_MASK)),
        reported(ReportedParameter.CPU_STRICT).equals("1"),
        0,
        Integer.parseInt(reported(ReportedParameter.POLL)));
  }

  private BenchSettings withoutReported() {
    return new BenchSettings(
        threads, nBatch, nUbatch, keyType, valueType, flashAttention, repack, kernels, Map.of());
  }

  /**
   * Sizes for one sequence.
   *
   * @param positions of its context
   * @param rows most tokens that there are to evaluate at once
   */
  public RuntimeConfig session(int positions, int rows) {
    int batch = Math.min(rows, Math.min(nBatch, nUbatch));
    return new RuntimeConfig(positions, batch, 1, keyType, valueType);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected 1 or more");
    }
  }
}
