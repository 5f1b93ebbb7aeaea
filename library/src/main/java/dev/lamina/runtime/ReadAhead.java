package dev.lamina.runtime;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;

/**
 * Reads a large model file into memory before it is used, with progress. Otherwise the first prompt
 * would read it from a slow disk, which looks like a hang.
 */
final class ReadAhead {
  private static final long LARGE = 256L << 20;
  private static final long STEP = 64L << 20;

  private ReadAhead() {}

  static void read(GgufFile file, LoadListener listener) {
    long total = file.tensorBytes();
    if (total < LARGE || total > physicalMemory()) {
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

  private static long physicalMemory() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }
}
