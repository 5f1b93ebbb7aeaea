package dev.lamina.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.gguf.KeyOverride;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelQuantizerTest {
  private static final String EXPERTS = "blk.0.ffn_up_exps.weight";
  private static final String VALUES = "blk.0.attn_v.weight";

  @TempDir private Path folder;

  /** Weights count up, so that a row in the wrong place is seen. */
  private static void matrix(GgufWriter writer, String name, Long... shape) {
    int n = 1;
    for (long size : shape) {
      n *= (int) size;
    }
    float[] weights = new float[n];
    for (int i = 0; i < n; i++) {
      weights[i] = i;
    }
    writer.tensor(name, TensorType.F32, List.of(shape), segment(weights));
  }

  private static MemorySegment segment(float[] values) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[4 * values.length]);
    MemorySegment.copy(values, 0, bytes, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
    return bytes;
  }

  private static GgufWriter model() {
    return new GgufWriter()
        .put("general.architecture", "llama")
        .u32("llama.block_count", 1)
        .u32("llama.attention.head_count", 4);
  }

  private Path write(GgufWriter writer) throws IOException {
    Path path = folder.resolve("in.gguf");
    writer.write(path);
    return path;
  }

  private static QuantizeOptions options(String type) {
    return QuantizeOptions.of(TypeOptions.of(QuantizeType.of(type)));
  }

  private static ImportanceMatrix importance(String name, float[] sums, float... counts) {
    return new ImportanceMatrix(
        Map.of(name, new ImportanceMatrix.Entry(sums, counts)), List.of(), 1, 1);
  }

  @Test
  void rowsStayInOrder() throws IOException {
    GgufWriter writer = model();
    matrix(writer, VALUES, 7L, 100_003L);
    try (GgufFile file = GgufFile.open(write(writer))) {
      Path out = folder.resolve("out.gguf");
      long[] told = {0};
      new ModelQuantizer(QuantizePlan.of(file, options("BF16")))
          .write(out, 5, bytes -> told[0] += bytes);
      assertEquals(4L * 7 * 100_003, told[0]);
      try (GgufFile result = GgufFile.open(out)) {
        GgufTensor tensor = result.tensors().get(VALUES);
        float[] weights = new float[7 * 100_003];
        TensorType.BF16.format().dequantize(tensor.data(), 0, weights.length, weights, 0);
        for (int i = 0; i < weights.length; i++) {
          assertEquals(i, weights[i], i / 256f, "weight " + i);
        }
      }
    }
  }

  /** The interleaved file types are read as Q4_0, so a copy is one. */
  @Test
  void copiesHaveTheFileTypeThatTheyAreReadAs() throws IOException {
    for (long[] types : new long[][] {{33, 2}, {34, 2}, {35, 2}, {2, 2}, {7, 7}, {36, 36}}) {
      GgufWriter writer = model().u32("general.file_type", types[0]);
      matrix(writer, VALUES, 32L, 8L);
      Path out = folder.resolve("out.gguf");
      try (GgufFile file = GgufFile.open(write(writer))) {
        new ModelQuantizer(QuantizePlan.of(file, options("COPY"))).write(out, 1, _ -> {});
      }
      try (GgufFile result = GgufFile.open(out)) {
        assertEquals(types[1], result.metadata().wide("general.file_type"));
      }
    }
  }

  @Test
  void eachExpertHasItsImportance() throws IOException {
    GgufWriter writer = model();
    matrix(writer, EXPERTS, 32L, 3L, 2L);
    float[] sums = new float[64];
    sums[40] = 6;
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    try (GgufFile file = GgufFile.open(write(writer))) {
      QuantizePlan plan =
          QuantizePlan.of(
              file, options("Q4_0").withImportance(importance(EXPERTS, sums, 1, 2), "i"));
      new ModelQuantizer(
              plan,
              _ ->
                  (x, at, n, importance, _, _) ->
                      seen.add((int) x[at] / 32 + " " + n + " " + importance[8]))
          .write(folder.resolve("out.gguf"), 1, _ -> {});
    }
    assertEquals(
        List.of("0 32 0.0", "1 32 0.0", "2 32 0.0", "3 32 3.0", "4 32 3.0", "5 32 3.0"), seen);
  }

  @Test
  void weightsThatAreNoNumbersAreFoundAndNothingIsLeft() throws IOException {
    float[] weights = new float[64];
    weights[33] = Float.NaN;
    GgufWriter writer = model().tensor(VALUES, TensorType.F32, List.of(32L, 2L), segment(weights));
    assertFails(writer, "Q8_0", "tensor blk.0.attn_v.weight: the weight in row 1, column 1 is NaN");
    weights[33] = 1e6f;
    writer = model().tensor(VALUES, TensorType.F32, List.of(32L, 2L), segment(weights));
    assertFails(writer, "F16", "is 1000000.0, which F16 cannot hold; take BF16 or F32");
  }

  /** Copied tensors are looked at as those that are converted. */
  @Test
  void weightsThatAreNoNumbersAreNotCopied() throws IOException {
    for (TensorType type : TensorType.values()) {
      if (!type.holdsWeights() || type == TensorType.MXFP4 || type == TensorType.NVFP4) {
        continue; // these two hold nothing but numbers
      }
      byte[] data = new byte[2 * (int) type.bytes(256)];
      Arrays.fill(data, (byte) 0xff);
      Arrays.fill(data, 0, data.length / 2, (byte) 0);
      GgufWriter writer =
          model().tensor(VALUES, type, List.of(256L, 2L), MemorySegment.ofArray(data));
      assertFails(writer, "COPY", "tensor blk.0.attn_v.weight: the weight in row 1, column ");
    }
  }

  @Test
  void weightsBeyondAllScalesAreRefused() throws IOException {
    float[] weights = new float[64];
    weights[33] = 2e7f;
    GgufWriter writer = model().tensor(VALUES, TensorType.F32, List.of(32L, 2L), segment(weights));
    assertFails(
        writer,
        "Q8_0",
        "tensor blk.0.attn_v.weight: the weight in row 1, column 1 is 2.0E7, which Q8_0 cannot hold; take BF16 or F32");
    weights[33] = 7.9e6f;
    writer = model().tensor(VALUES, TensorType.F32, List.of(32L, 2L), segment(weights));
    try (GgufFile file = GgufFile.open(write(writer))) {
      new ModelQuantizer(QuantizePlan.of(file, options("Q8_0")))
          .write(folder.resolve("good.gguf"), 1, _ -> {});
    }
  }

  /** Both are read as Q4_0, which holds the same values. */
  @Test
  void typesOfOneAndTwoBitsComeBack() throws IOException {
    Random random = new Random(5);
    float[] weights = new float[4 * 256];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    GgufWriter writer = model().tensor(VALUES, TensorType.F32, List.of(256L, 4L), segment(weights));
    for (TensorType type : List.of(TensorType.Q1_0, TensorType.Q2_0)) {
      Path out = folder.resolve(type + ".gguf");
      try (GgufFile file = GgufFile.open(write(writer))) {
        QuantizePlan plan = QuantizePlan.of(file, options(type.name()));
        assertEquals(type, plan.tensors().getFirst().type());
        new ModelQuantizer(plan).write(out, 1, _ -> {});
      }
      try (GgufFile result = GgufFile.open(out)) {
        GgufTensor tensor = result.tensors().get(VALUES);
        assertEquals(type.bytes(256) * 4, tensor.stored().byteSize());
        float[] stored = new float[weights.length];
        type.format().dequantize(tensor.stored(), 0, stored.length, stored, 0);
        float[] read = new float[weights.length];
        tensor.type().format().dequantize(tensor.data(), 0, read.length, read, 0);
        assertArrayEquals(stored, read, type.name());
      }
    }
  }

  /** Projectors and adapters have no keys that describe a language model. */
  @Test
  void filesWithoutAnArchitecturesKeys() throws IOException {
    GgufWriter projector = new GgufWriter().put("general.architecture", "clip");
    matrix(projector, "v.blk.0.ffn_down.weight", 256L, 2L);
    matrix(projector, "mm.0.weight", 256L, 2L);
    GgufWriter nothing = new GgufWriter();
    matrix(nothing, "blk.0.attn_q.weight.lora_a", 256L, 2L);
    for (String type : QuantizeType.names()) {
      if (!QuantizeType.of(type).name().matches("COPY|F32|I?Q[123].*|TQ.*")) {
        try (GgufFile file = GgufFile.open(write(projector))) {
          QuantizePlan plan = QuantizePlan.of(file, options(type));
          assertEquals(2, plan.tensors().stream().filter(PlannedTensor::converts).count(), type);
        }
      }
    }
    try (GgufFile file = GgufFile.open(write(nothing))) {
      QuantizePlan plan = QuantizePlan.of(file, options("Q4_K_M"));
      assertEquals(TensorType.F32, plan.tensors().getFirst().type());
      new ModelQuantizer(plan).write(folder.resolve("out.gguf"), 1, _ -> {});
    }
  }

  private void assertFails(GgufWriter writer, String type, String expected) throws IOException {
    Path out = folder.resolve("out.gguf");
    Files.writeString(out, "what was there");
    try (GgufFile file = GgufFile.open(write(writer))) {
      ModelQuantizer quantizer = new ModelQuantizer(QuantizePlan.of(file, options(type)));
      String message =
          assertThrows(QuantizeException.class, () -> quantizer.write(out, 2, _ -> {}))
              .getMessage();
      assertTrue(message.contains(expected), message);
    }
    assertEquals("what was there", Files.readString(out));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count());
    }
  }

  @Test
  void importanceOfAnotherModelIsRefused() throws IOException {
    GgufWriter writer = model();
    matrix(writer, VALUES, 256L, 2L);
    matrix(writer, "blk.0.ffn_up.weight", 256L, 2L);
    try (GgufFile file = GgufFile.open(write(writer))) {
      assertEquals(
          "i is of another model: it has 32 values for tensor blk.0.attn_v.weight, which needs 256",
          refusal(file, options("Q4_0").withImportance(importance(VALUES, new float[32], 1), "i")));
      assertEquals(
          "i is of another model: it has none of this model's tensors",
          refusal(file, options("Q4_0").withImportance(importance("x", new float[32], 1), "i")));
      String none = "tensor blk.0.ffn_up.weight becomes IQ2_XS, which needs ";
      assertEquals(none + "an importance matrix", refusal(file, options("IQ2_XS")));
      String missing =
          refusal(file, options("IQ2_XS").withImportance(importance("x", new float[1], 1), "i"));
      assertTrue(missing.startsWith(none + "its importance, and i has none"), missing);
    }
  }

  private static String refusal(GgufFile file, QuantizeOptions options) {
    QuantizePlan plan = QuantizePlan.of(file, options);
    return assertThrows(QuantizeException.class, plan::checkImportance).getMessage();
  }

  @Test
  void quantizedTensorsAreLeftAloneUnlessAllowed() throws IOException {
    GgufWriter writer =
        model()
            .tensor(VALUES, TensorType.Q8_0, List.of(32L, 2L), MemorySegment.ofArray(new byte[68]));
    try (GgufFile file = GgufFile.open(write(writer))) {
      String message =
          assertThrows(QuantizeException.class, () -> QuantizePlan.of(file, options("Q4_0")))
              .getMessage();
      assertTrue(message.contains("is Q8_0 already; start from a file in F32"), message);
      assertEquals(68, QuantizePlan.of(file, options("Q8_0")).bytes());
      QuantizeOptions allowed =
          new QuantizeOptions(
              TypeOptions.of(QuantizeType.of("Q4_0")),
              null,
              null,
              true,
              false,
              0,
              List.of(),
              new TreeSet<>());
      assertEquals(36, QuantizePlan.of(file, allowed).bytes());
    }
  }

  @Test
  void typesHaveLlamaCppsNamesAndNumbers() {
    assertEquals("Q4_K_M", QuantizeType.of("q4_k").name());
    assertEquals("Q4_K_M", QuantizeType.of("15").name());
    assertEquals("F32", QuantizeType.of("0").name());
    assertEquals("Q3_K_M", QuantizeType.of("Q3_K").name());
    assertEquals("MXFP4_MOE", QuantizeType.of("mxfp4_moe").name());
    assertEquals("MXFP4_MOE", QuantizeType.of("38").name());
    assertEquals(TensorType.Q8_0, QuantizeType.of("Q3_K_XL").ends());
    assertEquals(13, QuantizeType.of("Q3_K_XL").mix().id());
    assertTrue(QuantizeType.find("pure-Q4_K").isEmpty());
    assertTrue(QuantizeType.find("MXFP4").isEmpty());
    assertTrue(QuantizeType.find("99").isEmpty());
    assertArrayEquals(
        new Object[] {"a", 5L},
        new Object[] {KeyOverride.parse("a=int:5").key(), KeyOverride.parse("a=int:5").value()});
  }
}
