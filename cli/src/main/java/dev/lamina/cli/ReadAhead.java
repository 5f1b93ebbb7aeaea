package dev.lamina.cli;

import dev.lamina.engine.gguf.GgufFile;
import dev.lamina.engine.gguf.GgufTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Brings a large model file into memory before it is used, with progress: left to the first prompt,
 * reading from a slow disk would look like a hang.
 */
final class ReadAhead {
  private static final long LARGE = 256L << 20;
  private static final long PAGE = 4096;
  private static final long STEP = 64L << 20;

  private ReadAhead() {}

  static void read(GgufFile file, Console console) {
    long total = ModelFiles.bytes(file);
    if (total < LARGE || total > physicalMemory()) {
      return;
    }
    Progress progress = new Progress(console, "Loading " + file.metadata().source(), total);
    for (GgufTensor tensor : file.tensors().values()) {
      MemorySegment data = tensor.data();
      for (long at = 0; at < data.byteSize(); at += STEP) {
        long length = Math.min(STEP, data.byteSize() - at);
        touch(data.asSlice(at, length));
        progress.add(length);
      }
    }
    progress.finish();
  }

  private static long physicalMemory() {
    return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  /** The sum keeps the reads from being optimised away. */
  private static int touch(MemorySegment data) {
    int sum = 0;
    for (long at = 0; at < data.byteSize(); at += PAGE) {
      sum += data.get(ValueLayout.JAVA_BYTE, at);
    }
    return sum;
  }
}
