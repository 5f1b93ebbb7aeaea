package dev.lamina.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class Mt19937Test {
  /** The C++ standard, [rand.predef]: the 10000th number of a default-constructed mt19937. */
  @Test
  void tenThousandthNumberOfTheStandard() {
    Mt19937 random = new Mt19937(5489);
    int last = 0;
    for (int i = 0; i < 10_000; i++) {
      last = random.nextInt();
    }
    assertEquals(4123659995L, Integer.toUnsignedLong(last));
  }

  @Test
  void doublesAreUniformAndNeverOne() {
    Mt19937 random = new Mt19937(1);
    double sum = 0;
    double squares = 0;
    int n = 200_000;
    for (int i = 0; i < n; i++) {
      double x = random.nextDouble();
      assertTrue(x >= 0 && x < 1);
      sum += x;
      squares += x * x;
    }
    assertEquals(1 / 2.0, sum / n, 0.003);
    assertEquals(1 / 3.0, squares / n, 0.003);
  }
}
