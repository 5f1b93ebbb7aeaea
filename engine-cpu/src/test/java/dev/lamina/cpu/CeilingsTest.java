package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cpu.kernel.CeilingLoops;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class CeilingsTest {
  @Test
  void measuresEachNumberOfThreads() {
    List<Ceilings> all = Ceilings.measure(2, 1 << 24, 2);
    assertEquals(List.of(1, 2), all.stream().map(Ceilings::threads).toList());
    for (Ceilings ceilings : all) {
      // Lower bounds for any processor of the last twenty years, and upper bounds that none
      // reaches.
      assertBetween(1e8, 1e13, ceilings.readBytesPerSecond());
      assertBetween(1e8, 1e14, ceilings.int16MacsPerSecond());
      assertBetween(1e8, 1e14, ceilings.floatMacsPerSecond());
    }
    assertThrows(IllegalArgumentException.class, () -> Ceilings.measure(0));
  }

  @Test
  void loopsComputeWhatTheySay() {
    int bytes = 4 * CeilingLoops.readBytes();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(2L * bytes, 64);
      long sum = 0;
      for (long i = 0; i < 2L * bytes / Long.BYTES; i++) {
        memory.setAtIndex(ValueLayout.JAVA_LONG, i, i * i);
        sum += i >= bytes / Long.BYTES ? i * i : 0;
      }
      assertEquals(sum, CeilingLoops.read(memory, bytes, bytes));
    }
    int lanes = CeilingLoops.int16MacsPerRound() / 12;
    short sum = 0;
    for (int i = 1; i <= 12; i++) {
      sum += (short) (lanes * (3 * (3 * 2 * i + 2) + 2));
    }
    assertEquals(sum, CeilingLoops.int16Macs(2, (short) 3, (short) 2));
    assertEquals(CeilingLoops.floatMacsPerRound(), CeilingLoops.floatMacs(200, 0.5f, 0.5f), 1e-3);
  }

  private static void assertBetween(double low, double high, double value) {
    assertTrue(low < value && value < high, "measured " + value);
  }
}
