package dev.lamina.bench;

import static dev.lamina.bench.Results.result;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchResultTest {
  @Test
  void statisticsAreThoseOfTheRuns() {
    BenchResult result = result(BenchTest.prefill(128), 1_000_000_000L, 2_000_000_000L);
    assertEquals(1.5e9, result.meanNanos());
    assertEquals(Math.sqrt(0.5) * 1e9, result.deviationNanos(), 1);
    assertEquals(96, result.meanSpeed());
    assertEquals(Math.sqrt(2 * 32 * 32), result.deviationSpeed(), 1e-9);
    assertEquals(0, result(BenchTest.decode(4), 5L).deviationSpeed());
  }

  @Test
  void tokensBeforeATestAreNotTimed() {
    assertEquals(12, result(new BenchTest(8, 4, 100), 1_000_000_000L).meanSpeed(), 1e-9);
  }

  @Test
  void medianIsInTheMiddle() {
    assertEquals(3, Statistics.median(List.of(9.0, 1.0, 3.0)));
    assertEquals(2, Statistics.median(List.of(9.0, 1.0, 3.0, 0.0)));
  }

  @Test
  void badNumbersAreNamed() {
    assertThrows(IllegalArgumentException.class, () -> new BenchTest(0, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new BenchTest(-1, 1, 0));
    String message =
        assertThrows(IllegalArgumentException.class, () -> new BenchProtocol(0, true, 0))
            .getMessage();
    assertEquals("repetitions is 0, expected 1 or more", message);
  }

  @Test
  void cpuNameIsReadWhereThereIsOne(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("cpuinfo");
    Files.writeString(file, "processor\t: 0\nmodel name\t: Fast One\nmodel name\t: Other\n");
    assertEquals("Fast One", BenchHost.cpuName(file));
    assertEquals("", BenchHost.cpuName(folder.resolve("absent")));
  }
}
