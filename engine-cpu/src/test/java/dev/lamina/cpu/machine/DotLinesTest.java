package dev.lamina.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.VecOp;
import dev.lamina.cpu.kernel.PackedMatrix;
import dev.lamina.cpu.kernel.Packing;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The instructions that docs/design/machine-code.md counts, under "What bounds AVX2". */
class DotLinesTest {
  private static final Pattern OPERATION = Pattern.compile("  (v[a-z0-9]+) ");
  private static final Pattern LOAD = Pattern.compile("vp?broadcast.*|vmov.*");
  private static final Pattern ADDITION = Pattern.compile("vpadd.*");

  /** For 8 rows, 32 columns and four tokens. */
  @ParameterizedTest
  @CsvSource({
    "Q4_0, 84, 52",
    "Q4_K, 80, 52",
    "Q5_K, 84, 56",
    "IQ3_S, 88, 56",
    "Q6_K, 112, 80",
    "IQ2_XXS, 112, 80",
    "Q8_0, 144, 116",
  })
  void counts(TensorType type, int all, int multiplying) {
    Tier tier = Tier.AVX2;
    Assembler a = new Assembler(true);
    Registers r = new Registers(tier, tier.tokens);
    Packing packing;
    try (Arena arena = Arena.ofConfined()) {
      packing = PackedMatrix.allocate(type, Packing.ROWS, 256, false, arena).packing();
    }
    CodeLines codes = new CodeLines(a, tier, packing, r);
    DotLines dots =
        new DotLines(
            a,
            tier,
            VecOp.VPDPBUSD,
            packing,
            tier.input(),
            tier.tokens,
            r,
            codes,
            List.of(r.line, r.high));
    for (int column = 0; column < Input.COLUMNS; column += packing.group()) {
      dots.sums(Gpr.RAX, column, (_, _) -> {});
      dots.scale(Gpr.RAX, column);
    }
    r.put(a);
    List<String> operations =
        OPERATION
            .matcher(a.listing())
            .results()
            .map(MatchResult::group)
            .map(String::strip)
            .filter(op -> !LOAD.matcher(op).matches())
            .toList();
    long additions = operations.stream().filter(op -> ADDITION.matcher(op).matches()).count();
    assertEquals(
        List.of(all, multiplying),
        List.of(operations.size(), (int) (operations.size() - additions)),
        type.toString());
  }
}
