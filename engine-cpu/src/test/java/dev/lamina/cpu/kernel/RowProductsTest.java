package dev.lamina.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowProductsTest {
  private static final int WIDTH = RowProducts.WIDTH;
  private static final long SEED = 7;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 14})
  void addsProductsOfRows(int nRows) {
    Random random = new Random(SEED);
    for (int columns : new int[] {1, 4, 9, 16, 31, 32, 48, 63, 64}) {
      for (int n : new int[] {1, 2, 17, 64, 128}) {
        float[] a = WeightBlocks.gaussians(3 + nRows * 130, random);
        float[] b = WeightBlocks.gaussians(5 + n * WIDTH, random);
        float[] c = WeightBlocks.gaussians(7 + nRows * 80, random);
        float[] actual = c.clone();
        RowProducts.multiplyAdd(a, 3, 130, nRows, b, 5, n, actual, 7, 80, columns);
        for (int r = 0; r < nRows; r++) {
          for (int j = 0; j < columns; j++) {
            double expected = c[7 + r * 80 + j];
            double magnitude = Math.abs(expected);
            for (int k = 0; k < n; k++) {
              double product = (double) a[3 + r * 130 + k] * b[5 + k * WIDTH + j];
              expected += product;
              magnitude += Math.abs(product);
            }
            String at = nRows + " rows, " + columns + " columns, n " + n + ": " + r + ", " + j;
            assertEquals(expected, actual[7 + r * 80 + j], 1e-6 * magnitude, at);
          }
        }
      }
    }
  }
}
