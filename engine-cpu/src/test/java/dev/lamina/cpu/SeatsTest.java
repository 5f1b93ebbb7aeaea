package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.CpuMask;
import dev.lamina.engine.backend.CpuTopology;
import dev.lamina.engine.backend.ThreadPlacement;
import dev.lamina.engine.backend.ThreadPlacement.Numa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeatsTest {
  @TempDir private Path root;

  /** Eight processors on a number of nodes. */
  private CpuTopology machine(int nodes) throws IOException {
    Path status = Files.createDirectories(root.resolve("proc/self")).resolve("status");
    Files.writeString(status, "Cpus_allowed_list:\t0-7\n");
    for (int i = 0; i < nodes; i++) {
      Path node = root.resolve("sys/devices/system/node/node" + i);
      Files.createDirectories(node);
      int each = 8 / nodes;
      Files.writeString(node.resolve("cpulist"), i * each + "-" + (i * each + each - 1) + "\n");
    }
    return CpuTopology.read(root);
  }

  private static ThreadPlacement placement(Numa numa, String mask, boolean strict) {
    return new ThreadPlacement(numa, CpuMask.parseHex(mask), strict, 0, 50);
  }

  private static List<String> texts(Seats seats) {
    return seats.cpus().stream().map(CpuMask::toString).toList();
  }

  @Test
  void threadsShareTheMask() throws IOException {
    Seats seats = Seats.of(placement(Numa.NONE, "c", false), 2, machine(1), 0);
    assertEquals(List.of("{2, 3}", "{2, 3}"), texts(seats));
    assertEquals(List.of(), seats.warnings());
  }

  @Test
  void strictThreadsHaveOneProcessorEachAndTheCallerTheLast() throws IOException {
    Seats seats = Seats.of(placement(Numa.NONE, "5c", true), 3, machine(1), 0);
    assertEquals(List.of("{4}", "{2}", "{3}"), texts(seats));
  }

  @Test
  void withMoreThreadsThanProcessorsTheyAreUsedAgain() throws IOException {
    Seats seats = Seats.of(placement(Numa.NONE, "3", true), 3, machine(1), 0);
    assertEquals(List.of("{0}", "{0}", "{1}"), texts(seats));
    assertEquals(
        List.of("3 threads share the 2 processors that they may run on"), seats.warnings());
  }

  @Test
  void processorsThatAreNotThereAreTold() throws IOException {
    Seats some = Seats.of(placement(Numa.NONE, "f80", false), 1, machine(1), 0);
    assertEquals(List.of("{7}"), texts(some));
    assertTrue(some.warnings().getFirst().contains("only 1 of the 5 processors"));
    Seats none = Seats.of(placement(Numa.NONE, "f00", true), 2, machine(1), 0);
    assertEquals(List.of("{}", "{}"), texts(none));
    assertTrue(none.warnings().getFirst().contains("may use none of the processors"));
  }

  @Test
  void aRangeWithoutEndGoesToTheLastProcessor() throws IOException {
    ThreadPlacement open = new ThreadPlacement(Numa.NONE, CpuMask.parseRange("6-"), false, 0, 50);
    Seats seats = Seats.of(open, 2, machine(1), 0);
    assertEquals(List.of("{6, 7}", "{6, 7}"), texts(seats));
    assertEquals(List.of(), seats.warnings());
  }

  @Test
  void threadsAreSpreadOverNodes() throws IOException {
    CpuTopology machine = machine(2);
    assertEquals(
        List.of("{0, 1, 2, 3}", "{4, 5, 6, 7}", "{0, 1, 2, 3}"),
        texts(Seats.of(placement(Numa.DISTRIBUTE, "0", false), 3, machine, 5)));
    assertEquals(
        List.of("{4, 5, 6, 7}", "{4, 5, 6, 7}"),
        texts(Seats.of(placement(Numa.ISOLATE, "0", false), 2, machine, 5)));
    assertEquals(
        List.of("{0, 1, 2, 3, 4, 5, 6, 7}"),
        texts(Seats.of(placement(Numa.NUMACTL, "0", false), 1, machine, 5)));
    assertEquals(
        List.of("{3}", "{4}", "{2}", "{5}"),
        texts(Seats.of(placement(Numa.DISTRIBUTE, "3c", true), 4, machine, 0)));
  }

  @Test
  void oneNodeIsToldAndChangesNothing() throws IOException {
    Seats seats = Seats.of(placement(Numa.DISTRIBUTE, "0", false), 2, machine(1), 0);
    assertEquals(List.of("{}", "{}"), texts(seats));
    assertEquals(
        List.of("this machine has one node, so that NUMA has no effect"), seats.warnings());
  }
}
