package dev.lamina.bench;

import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.kernels.TensorType;

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
 */
public record BenchSettings(
    int threads,
    int nBatch,
    int nUbatch,
    TensorType keyType,
    TensorType valueType,
    FlashAttention flashAttention,
    boolean repack,
    CpuKernels kernels) {
  static final int DEFAULT_BATCH = 2048;
  static final int DEFAULT_UBATCH = 512;

  /**
   * @throws IllegalArgumentException if a number is not positive
   */
  public BenchSettings {
    requirePositive("threads", threads);
    requirePositive("batch size", nBatch);
    requirePositive("ubatch size", nUbatch);
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
        CpuKernels.AUTO);
  }

  BenchSettings withThreads(int value) {
    return new BenchSettings(
        value, nBatch, nUbatch, keyType, valueType, flashAttention, repack, kernels);
  }

  BenchSettings withBatch(int value) {
    return new BenchSettings(
        threads, value, nUbatch, keyType, valueType, flashAttention, repack, kernels);
  }

  BenchSettings withUbatch(int value) {
    return new BenchSettings(
        threads, nBatch, value, keyType, valueType, flashAttention, repack, kernels);
  }

  BenchSettings withKeyType(TensorType value) {
    return new BenchSettings(
        threads, nBatch, nUbatch, value, valueType, flashAttention, repack, kernels);
  }

  BenchSettings withValueType(TensorType value) {
    return new BenchSettings(
        threads, nBatch, nUbatch, keyType, value, flashAttention, repack, kernels);
  }

  BenchSettings withFlashAttention(FlashAttention value) {
    return new BenchSettings(threads, nBatch, nUbatch, keyType, valueType, value, repack, kernels);
  }

  BenchSettings withRepack(boolean value) {
    return new BenchSettings(
        threads, nBatch, nUbatch, keyType, valueType, flashAttention, value, kernels);
  }

  public BenchSettings withKernels(CpuKernels value) {
    return new BenchSettings(
        threads, nBatch, nUbatch, keyType, valueType, flashAttention, repack, value);
  }

  /** A session for a context of so many positions. */
  SessionConfig session(int positions) {
    int batch = Math.min(positions, Math.min(nBatch, nUbatch));
    return new SessionConfig(positions, batch, 1, keyType, valueType);
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + ", expected 1 or more");
    }
  }
}
