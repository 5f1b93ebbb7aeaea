package dev.lamina.runtime;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import java.lang.foreign.MemorySegment;

/**
 * Reads a large model file into memory before it is used, with progress. Otherwise the first prompt
 * would read it from a slow disk, which looks like a hang. What samples show to be in memory is not
 * read: the threads that use it do that faster, together.
 */
final class ReadAhead {
  private static final long LARGE = 256L << 20;
  private static final long STEP = 64L << 20;

  /** Samples of a file, spread over all of it. */
  private static final int SAMPLES = 16;

  private static final int SAMPLE = 256 << 10;

  /** Samples that are read faster are in memory. */
  private static final double BYTES_PER_NANO = 1.5;

  private ReadAhead() {}

  static void read(GgufFile file, LoadListener listener) {
    long total = file.tensorBytes();
    if (total < LARGE || total > physicalMemory() || isInMemory(file, total)) {
      return;
    }
    String what = "Loading " + file.metadata().source();
    long done = 0;
    for (GgufTensor tensor : file.tensors().values()) {
      long size = tensor.storedBytes();
      for (long at = 0; at < size; at += STEP) {
        long length = Math.min(STEP, size - at);
        tensor.prefetch(at, length);
        done += length;
        listener.progress(what, done, total);
      }
    }
  }

  /** Whether each sample is read as fast as from memory; the first one that is not ends this. */
  private static boolean isInMemory(GgufFile file, long total) {
    MemorySegment buffer = MemorySegment.ofArray(new byte[SAMPLE]);
    long next = 0;
    long at = 0;
    for (GgufTensor tensor : file.tensors().values()) {
      long size = tensor.storedBytes();
      if (tensor.isMapped() && size >= SAMPLE && at + size > next) {
        long from = Math.clamp(next - at, 0, size - SAMPLE);
        tensor.copy(from, buffer, 0, 1); // what is done for the first time takes longer
        long start = System.nanoTime();
        tensor.copy(from, buffer, 0, SAMPLE);
        if (SAMPLE < BYTES_PER_NANO * (System.nanoTime() - start)) {
          return false;
        }
        next = at + from + total / SAMPLES;
      }
      at += size;
    }
    return true;
  }

  private static long physicalMemory() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }
}
