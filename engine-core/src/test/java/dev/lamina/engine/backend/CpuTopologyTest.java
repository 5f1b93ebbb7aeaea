package dev.lamina.engine.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Machines of which only the description is there. */
class CpuTopologyTest {
  @TempDir private Path root;

  private void write(String file, Object text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
  }

  private void cpu(int cpu, String file, Object text) throws IOException {
    write("sys/devices/system/cpu/cpu" + cpu + "/" + file, text);
  }

  private void allow(String list) throws IOException {
    write("proc/self/status", "Cpus_allowed:\tf\nCpus_allowed_list:\t" + list);
  }

  private CpuTopology topology() {
    return CpuTopology.read(root);
  }

  /** Processors 0 to 7 are four performance cores, 8 to 11 efficiency cores. */
  private void hybrid() throws IOException {
    for (int i = 0; i < 12; i++) {
      int core = i / 2 * 2;
      cpu(i, "topology/thread_siblings_list", i < 8 ? core + "-" + (core + 1) : i);
      cpu(i, "cpufreq/cpuinfo_max_freq", i < 8 ? 5_000_000 : 3_800_000);
    }
    write("sys/devices/cpu_core/cpus", "0-7");
    write("sys/devices/cpu_atom/cpus", "8-11");
  }

  @Test
  void ofAHybridThePerformanceCoresCount() throws IOException {
    hybrid();
    allow("0-11");
    assertEquals(4, topology().cores());
  }

  @Test
  void affinityAndControlGroupsLimitTheCores() throws IOException {
    hybrid();
    allow("0-1,4,9");
    assertEquals(2, topology().cores());
    assertEquals(CpuMask.parseHex("213"), topology().allowed());
    allow("8-10");
    assertEquals(3, topology().cores(), "there is nothing better than efficiency cores");
  }

  @Test
  void slowCoresOfOtherProcessorsAreLeftOut() throws IOException {
    int[] capacities = {250, 250, 250, 250, 870, 870, 870, 1024};
    for (int i = 0; i < 8; i++) {
      cpu(i, "topology/thread_siblings_list", i);
      cpu(i, "cpu_capacity", capacities[i]);
    }
    allow("0-7");
    assertEquals(4, topology().cores());
  }

  @Test
  void withoutCapacitiesTheFrequencyDecides() throws IOException {
    for (int i = 0; i < 4; i++) {
      cpu(i, "topology/thread_siblings_list", i);
      cpu(i, "cpufreq/cpuinfo_max_freq", i < 2 ? 1_400_000 : 3_000_000);
    }
    allow("0-3");
    assertEquals(2, topology().cores());
  }

  @Test
  void withoutStatusAllThatAreOnlineMayBeUsed() throws IOException {
    hybrid();
    write("sys/devices/system/cpu/online", "0-3");
    assertEquals(2, topology().cores());
  }

  @Test
  void nodesComeInTheirOrderWithoutThoseThatHaveMemoryOnly() throws IOException {
    write("sys/devices/system/node/node10/cpulist", "4-7");
    write("sys/devices/system/node/node2/cpulist", "0-3");
    write("sys/devices/system/node/node3/cpulist", "");
    assertEquals(List.of(CpuMask.between(0, 3), CpuMask.between(4, 7)), topology().nodes());
    assertFalse(topology().balancesNodes());
    write("proc/sys/kernel/numa_balancing", "1");
    assertTrue(topology().balancesNodes());
  }

  @Test
  void nothingIsKnownOfOtherSystems() throws IOException {
    assertEquals(0, topology().cores());
    assertTrue(topology().allowed().isEmpty());
    assertEquals(List.of(), topology().nodes());
    allow("0-99999999");
    assertTrue(topology().allowed().isEmpty());
  }
}
