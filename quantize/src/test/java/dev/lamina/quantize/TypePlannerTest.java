package dev.lamina.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The types of models of many shapes, beside what llama-quantize gave them. */
class TypePlannerTest {
  /** Many layers, shared heads, experts, odd widths, tied embeddings, and falcon. */
  enum Shape {
    LLAMA80("llama", 80, 256, 8, 1, 256, false, 0, false),
    LLAMA80MHA("llama", 80, 256, 8, 8, 256, false, 0, false),
    QWEN80("qwen2", 80, 256, 8, 8, 256, true, 0, false),
    LLAMA32("llama", 32, 256, 8, 2, 512, false, 0, false),
    QWEN3("qwen3", 20, 256, 8, 4, 512, true, 0, false),
    MOE8("llama", 24, 256, 8, 4, 256, false, 8, false),
    MOE16("qwen3moe", 17, 256, 8, 2, 256, false, 16, false),
    ODD288("qwen2", 16, 288, 9, 3, 768, true, 0, false),
    ODD328("qwen2", 16, 328, 4, 4, 776, false, 0, false),
    FALCON("falcon", 32, 256, 8, 1, 1024, false, 0, true),
    PHI3("phi3", 32, 256, 8, 8, 1024, false, 0, true);

    @SuppressWarnings("ImmutableEnumChecker") // a record of values
    private final ModelTraits traits;

    private final long hidden;
    private final long keys;
    private final long ffn;
    private final boolean fused;

    Shape(
        String architecture,
        int nLayers,
        int hidden,
        int nHeads,
        int nKvHeads,
        int ffn,
        boolean tied,
        int nExperts,
        boolean fused) {
      this.traits =
          new ModelTraits(architecture, nLayers, nHeads / nKvHeads, nExperts, tied, false);
      this.hidden = hidden;
      this.keys = (long) nKvHeads * (hidden / nHeads);
      this.ffn = ffn;
      this.fused = fused;
    }

    ModelTraits traits(boolean importance) {
      return new ModelTraits(
          traits.architecture(),
          traits.nLayers(),
          traits.groupSize(),
          traits.nExperts(),
          traits.tied(),
          importance);
    }

    /** In the order of the output. */
    List<GgufTensor> tensors() {
      List<GgufTensor> all = new ArrayList<>();
      if (!traits.tied()) {
        all.add(tensor("output.weight", TensorType.F16, hidden, 64));
      }
      all.add(tensor("output_norm.weight", TensorType.F32, hidden));
      all.add(tensor("token_embd.weight", TensorType.F16, hidden, 64));
      for (int i = 0; i < traits.nLayers(); i++) {
        List<GgufTensor> layer = new ArrayList<>();
        addLayer(layer, "blk." + i + ".");
        layer.sort(Comparator.comparing(GgufTensor::name));
        all.addAll(layer);
      }
      return all;
    }

    private void addLayer(List<GgufTensor> layer, String prefix) {
      layer.add(tensor(prefix + "attn_norm.weight", TensorType.F32, hidden));
      layer.add(tensor(prefix + "ffn_norm.weight", TensorType.F32, hidden));
      if (fused) {
        layer.add(tensor(prefix + "attn_qkv.weight", TensorType.F16, hidden, hidden + 2 * keys));
      } else {
        layer.add(tensor(prefix + "attn_q.weight", TensorType.F16, hidden, hidden));
        layer.add(tensor(prefix + "attn_k.weight", TensorType.F16, hidden, keys));
        layer.add(tensor(prefix + "attn_v.weight", TensorType.F16, hidden, keys));
      }
      layer.add(tensor(prefix + "attn_output.weight", TensorType.F16, hidden, hidden));
      long experts = traits.nExperts();
      if (experts > 0) {
        layer.add(tensor(prefix + "ffn_gate_inp.weight", TensorType.F16, hidden, experts));
        layer.add(tensor(prefix + "ffn_gate_exps.weight", TensorType.F16, hidden, ffn, experts));
        layer.add(tensor(prefix + "ffn_up_exps.weight", TensorType.F16, hidden, ffn, experts));
        layer.add(tensor(prefix + "ffn_down_exps.weight", TensorType.F16, ffn, hidden, experts));
        return;
      }
      if (!fused) {
        layer.add(tensor(prefix + "ffn_gate.weight", TensorType.F16, hidden, ffn));
      }
      layer.add(tensor(prefix + "ffn_up.weight", TensorType.F16, hidden, ffn));
      layer.add(tensor(prefix + "ffn_down.weight", TensorType.F16, ffn, hidden));
    }

    private static GgufTensor tensor(String name, TensorType type, long... shape) {
      return new GgufTensor(name, type, Arrays.stream(shape).boxed().toList(), MemorySegment.NULL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void typesAreThoseOfLlamaQuantize(Shape shape) throws IOException {
    List<String> lines;
    try (InputStream in = TypePlannerTest.class.getResourceAsStream("planned-types.txt")) {
      lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    int checked = 0;
    for (String line : lines) {
      String[] words = line.split(" ");
      if (words[0].equalsIgnoreCase(shape.name())) {
        String plan = plan(shape, words[1], words[2].equals("1"));
        CRC32 crc = new CRC32();
        crc.update(plan.getBytes(StandardCharsets.UTF_8));
        assertEquals(words[3], "%08x".formatted(crc.getValue()), () -> line + "\n" + plan);
        checked++;
      }
    }
    assertEquals(64, checked);
  }

  private static String plan(Shape shape, String type, boolean importance) {
    TypeOptions options = TypeOptions.of(QuantizeType.of(type));
    return TypePlanner.plan(options, shape.traits(importance), shape.tensors()).stream()
        .map(tensor -> tensor.name() + " " + tensor.type() + "\n")
        .collect(Collectors.joining());
  }
}
