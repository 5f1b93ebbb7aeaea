package dev.lamina.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.CpuMask;
import dev.lamina.engine.backend.CpuTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhysicalCoresTest {
  @TempDir private Path folder;

  /** Four cores of two threads each. */
  private CpuTopology fourCores() throws IOException {
    for (int i = 0; i < 8; i++) {
      Path topology =
          Files.createDirectories(folder.resolve("sys/devices/system/cpu/cpu" + i + "/topology"));
      Files.writeString(topology.resolve("thread_siblings_list"), i % 4 + "," + (i % 4 + 4) + "\n");
    }
    Path status = Files.createDirectories(folder.resolve("proc/self")).resolve("status");
    Files.writeString(status, "Name:\tx\nCpus_allowed_list:\t0-7\n");
    return CpuTopology.read(folder);
  }

  @Test
  void coresCountUpToTheTimeThatTheProcessMayUse() throws IOException {
    CpuTopology topology = fourCores();
    assertEquals(4, PhysicalCores.count(topology, CpuMask.NONE, 8));
    assertEquals(3, PhysicalCores.count(topology, CpuMask.NONE, 3));
  }

  @Test
  void onlyChosenProcessorsCount() throws IOException {
    CpuTopology topology = fourCores();
    assertEquals(1, PhysicalCores.count(topology, CpuMask.parseHex("11"), 8));
    assertEquals(2, PhysicalCores.count(topology, CpuMask.parseHex("3"), 8));
    assertEquals(4, PhysicalCores.count(topology, CpuMask.parseHex("f00"), 8), "none of these");
  }

  @Test
  void withoutTopologyHardwareThreadsCount() {
    assertEquals(5, PhysicalCores.count(CpuTopology.read(folder), CpuMask.NONE, 5));
  }

  @Test
  void atLeastOneAndNoMoreThanTheProcessMayUse() {
    int cores = PhysicalCores.count();
    assertTrue(cores >= 1 && cores <= Runtime.getRuntime().availableProcessors(), "" + cores);
  }
}
