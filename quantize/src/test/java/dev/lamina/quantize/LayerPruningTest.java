package dev.lamina.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.gguf.MetadataArray;
import dev.lamina.gguf.ValueType;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayerPruningTest {
  @TempDir private Path folder;
  private Path model;

  /** Each layer's matrix is filled with a byte that tells the layer. */
  @BeforeEach
  void writeModel() throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .put("general.architecture", "llama")
            .u32("llama.block_count", 5)
            .put(
                "llama.attention.head_count",
                new MetadataArray(ValueType.U32, List.of(4L, 5L, 6L, 7L, 8L)))
            .put("other.values", new MetadataArray(ValueType.U32, List.of(0L, 1L, 2L, 3L, 4L)));
    matrix(writer, "token_embd.weight", 99);
    for (int i = 0; i < 5; i++) {
      matrix(writer, "blk." + i + ".attn_v.weight", i);
    }
    model = folder.resolve("model.gguf");
    writer.write(model);
  }

  private static void matrix(GgufWriter writer, String name, int content) {
    MemorySegment data = MemorySegment.ofArray(new byte[32 * 2 * 2]);
    data.fill((byte) content);
    writer.tensor(name, TensorType.F16, List.of(32L, 2L), data);
  }

  private static QuantizeOptions pruning(String type, Integer... layers) {
    QuantizeOptions usual = QuantizeOptions.of(TypeOptions.of(QuantizeType.of(type)));
    return new QuantizeOptions(
        usual.types(), null, null, false, false, 0, List.of(), new TreeSet<>(List.of(layers)));
  }

  @Test
  void theOtherLayersMoveUp() throws IOException {
    Path out = folder.resolve("out.gguf");
    try (GgufFile file = GgufFile.open(model)) {
      new ModelQuantizer(QuantizePlan.of(file, pruning("COPY", 3, 1, 1))).write(out, 1, _ -> {});
    }
    try (GgufFile result = GgufFile.open(out)) {
      assertEquals(
          List.of(
              "token_embd.weight",
              "blk.0.attn_v.weight",
              "blk.1.attn_v.weight",
              "blk.2.attn_v.weight"),
          List.copyOf(result.tensors().keySet()));
      for (Map.Entry<Integer, Integer> layer : Map.of(0, 0, 1, 2, 2, 4).entrySet()) {
        String name = "blk." + layer.getKey() + ".attn_v.weight";
        byte content = result.tensors().get(name).data().get(ValueLayout.JAVA_BYTE, 0);
        assertEquals(layer.getValue().byteValue(), content, name);
      }
      assertEquals(3, result.metadata().integer("llama.block_count"));
      assertEquals(
          List.of(4L, 6L, 8L),
          List.copyOf(
              ((MetadataArray) result.metadata().get("llama.attention.head_count")).values()));
      assertEquals(5, ((MetadataArray) result.metadata().get("other.values")).size());
    }
  }

  @Test
  void importanceFollowsItsLayer() throws IOException {
    float[] sums = new float[32];
    ImportanceMatrix matrix =
        new ImportanceMatrix(
            Map.of("blk.4.attn_v.weight", new ImportanceMatrix.Entry(sums, new float[] {1})),
            List.of(),
            1,
            1);
    try (GgufFile file = GgufFile.open(model)) {
      QuantizePlan plan =
          QuantizePlan.of(file, pruning("Q4_0", 0, 1, 2, 3).withImportance(matrix, "i"));
      assertEquals(List.of(), plan.checkImportance());
      PlannedTensor last = plan.tensors().getLast();
      assertEquals("blk.0.attn_v.weight", last.name());
      assertEquals(32, plan.importance().of(last.source())[0].length);
    }
  }

  @Test
  void whatIsNotThereIsRefused() throws IOException {
    try (GgufFile file = GgufFile.open(model)) {
      assertRefused(file, "the model has no layer 5; its layers are 0 to 4", 5);
      assertRefused(file, "no layer would be left", 0, 1, 2, 3, 4);
    }
  }

  private static void assertRefused(GgufFile file, String expected, Integer... layers) {
    QuantizeException e =
        assertThrows(QuantizeException.class, () -> QuantizePlan.of(file, pruning("Q4_0", layers)));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
  }
}
