package dev.lamina.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhysicalCoresTest {
  @Test
  void twoThreadsOfOneCoreCountOnce(@TempDir Path folder) throws IOException {
    String[] siblings = {"0,4", "1,5", "0,4", "1,5"};
    for (int i = 0; i < siblings.length; i++) {
      Path topology = Files.createDirectories(folder.resolve("cpu" + i + "/topology"));
      Files.writeString(topology.resolve("thread_siblings_list"), siblings[i] + "\n");
    }
    Files.createDirectories(folder.resolve("cpufreq"));
    assertEquals(2, PhysicalCores.count(folder));
  }

  @Test
  void withoutTopologyNothingIsCounted(@TempDir Path folder) {
    assertEquals(0, PhysicalCores.count(folder));
    assertEquals(0, PhysicalCores.count(folder.resolve("missing")));
  }

  @Test
  void atLeastOneAndNoMoreThanTheProcessMayUse() {
    int cores = PhysicalCores.count();
    assertTrue(cores >= 1 && cores <= Runtime.getRuntime().availableProcessors(), "" + cores);
  }
}
