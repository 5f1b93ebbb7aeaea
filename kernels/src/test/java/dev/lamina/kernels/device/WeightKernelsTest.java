package dev.lamina.kernels.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightKernelsTest {
  @ParameterizedTest
  @EnumSource
  void everyWeightTypeHasAProgram(TensorType type) {
    if (!type.holdsWeights()) {
      assertEquals(
          "no weights have type " + type,
          assertThrows(IllegalArgumentException.class, () -> DeviceProgram.forWeights(type))
              .getMessage());
      return;
    }
    DeviceProgram program = DeviceProgram.forWeights(type);
    assertEquals(type.name().toLowerCase(Locale.ROOT), program.name());
    String source = program.source();
    assertFalse(source.contains("#include"), type + ": an include is left");
    assertTrue(source.contains("#define BLOCK_BYTES " + type.blockBytes() + "\n"));
    for (int nTokens : new int[] {1, 2, 4, 8}) {
      assertTrue(source.contains("#define N_TOKENS " + nTokens + "\n"));
    }
    assertTrue(source.contains("KERNEL(TILE_ROWS) mul_mat("));
    assertTrue(source.contains("KERNEL(GET_ROWS_THREADS) get_rows("));
  }

  @Test
  void launchesCoverAllRowsTokensAndColumns() {
    assertEquals(new Launch("mul_mat_vec_1", 1, 1, 256), WeightKernels.mulMatVec(1, 1));
    assertEquals(new Launch("mul_mat_vec_8", 2, 1, 256), WeightKernels.mulMatVec(17, 8));
    assertEquals(new Launch("mul_mat", 1, 1, 64), WeightKernels.mulMat(64, 32));
    assertEquals(new Launch("mul_mat", 2, 7, 64), WeightKernels.mulMat(65, 200));
    assertEquals(new Launch("get_rows", 1, 3, 64), WeightKernels.getRows(2048, 3));
    assertEquals(new Launch("get_rows", 2, 1, 64), WeightKernels.getRows(2080, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 3, 16})
  void refusesNumbersOfTokensWithoutAKernel(int nTokens) {
    assertEquals(
        "no mul_mat_vec kernel for " + nTokens + " tokens",
        assertThrows(IllegalArgumentException.class, () -> WeightKernels.mulMatVec(16, nTokens))
            .getMessage());
  }
}
