package dev.lamina.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.KeyOverride;
import dev.lamina.gguf.MetadataArray;
import dev.lamina.gguf.UnsupportedModelException;
import dev.lamina.gguf.ValueType;
import dev.lamina.kernels.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Loading of valid models, and of files with keys and tensors that do not fit each other or the
 * architecture.
 */
class ModelLoadTest {
  private static void refused(Consumer<ModelDraft> change, String... named) {
    ModelDraft draft = new ModelDraft("llama");
    change.accept(draft);
    RuntimeException e = assertThrows(RuntimeException.class, draft::load);
    assertTrue(
        e instanceof GgufFormatException || e instanceof UnsupportedModelException, e.toString());
    assertTrue(e.getMessage().startsWith("draft.gguf: "), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    for (String part : named) {
      assertTrue(e.getMessage().contains(part), part + " in: " + e.getMessage());
    }
  }

  @ParameterizedTest
  @MethodSource("dev.lamina.engine.model.Architectures#names")
  void readsEveryArchitecture(String name) {
    Model model = new ModelDraft(name).load();
    ModelConfig config = model.config();
    assertEquals(List.of(name, 2, ModelDraft.HIDDEN, 2, 1, 4), describe(config));
    assertEquals(ModelDraft.VOCABULARY, config.nVocab());
    assertEquals(2, model.graph().layers().size());
  }

  private static List<Object> describe(ModelConfig c) {
    return List.of(
        c.architecture(), c.nLayers(), c.hiddenSize(), c.nHeads(), c.nKvHeads(), c.headDim());
  }

  @Test
  void outputIsTiedOnlyWithoutItsOwnTensor() {
    ModelDraft draft = new ModelDraft("llama");
    assertEquals("token_embd.weight", output(draft.load()));
    draft.tensor("output.weight", ModelDraft.HIDDEN, ModelDraft.VOCABULARY);
    assertEquals("output.weight", output(draft.load()));
  }

  private static String output(Model model) {
    return ((Op.MatMul) model.graph().head().get(1)).weight().name();
  }

  @ParameterizedTest
  @CsvSource({
    "block_count, 0",
    "block_count, 100000",
    "block_count, 3",
    "embedding_length, -8",
    "embedding_length, 9",
    "embedding_length, 2147483647",
    "attention.head_count, 0",
    "attention.head_count, 3",
    "attention.head_count, 2000000000",
    "attention.head_count_kv, 0",
    "attention.head_count_kv, 3",
    "attention.key_length, 3",
    "attention.key_length, 0",
    "attention.key_length, 1000000000",
    "context_length, -5",
    "feed_forward_length, 13",
    "rope.dimension_count, 3",
    "rope.dimension_count, -2",
    "rope.dimension_count, 64",
    "attention.layer_norm_rms_epsilon, 7",
  })
  void refusesNumbersThatCannotBe(String key, int value) {
    refused(d -> d.set(key, value));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, -1, 0, Float.POSITIVE_INFINITY})
  void refusesRopeBases(float base) {
    refused(d -> d.set("rope.freq_base", base), "llama.rope.freq_base");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, -1, Float.POSITIVE_INFINITY})
  void refusesRopeFactors(float factor) {
    refused(d -> d.set("rope.scaling.factor", factor), "llama.rope.scaling.factor");
  }

  @Test
  void namesWhatIsMissing() {
    refused(d -> d.keys.remove("general.architecture"), "general.architecture");
    refused(d -> d.keys.remove("llama.block_count"), "llama.block_count");
    refused(d -> d.tensors.remove("token_embd.weight"), "token_embd.weight");
    refused(d -> d.tensors.remove("blk.1.attn_v.weight"), "blk.1.attn_v.weight", "[8, 4]");
  }

  @Test
  void namesWhatDoesNotFit() {
    refused(
        d -> d.tensor("blk.0.attn_q.weight", ModelDraft.HIDDEN, ModelDraft.HIDDEN + 1),
        "blk.0.attn_q.weight");
    refused(d -> d.tensor("blk.0.ffn_norm.weight", ModelDraft.HIDDEN - 1), "blk.0.ffn_norm.weight");
    refused(
        d -> d.tensor("blk.0.attn_q.weight", ModelDraft.HIDDEN, ModelDraft.HIDDEN, 2),
        "blk.0.attn_q.weight");
    refused(d -> d.tensor("rope_freqs.weight", 7), "rope_freqs.weight");
    refused(d -> d.types.put("blk.0.attn_q.weight", TensorType.I32), "I32");
    refused(d -> d.types.put("output_norm.weight", TensorType.I16), "I16");
    refused(
        d -> d.tensor("token_embd.weight", ModelDraft.HIDDEN, ModelDraft.VOCABULARY + 1),
        "token_embd.weight");
  }

  @Test
  void namesWhatIsNotBuilt() {
    refused(d -> d.keys.put("general.architecture", "mamba"), "mamba", "llama, qwen2, qwen3");
    refused(d -> d.set("expert_count", 8), "experts");
    refused(d -> d.set("rope.scaling.type", "longrope"), "longrope");
    refused(d -> d.set("attention.value_length", 6), "value_length");
    refused(d -> d.tensor("blk.0.attn_sinks.weight", 2), "blk.0.attn_sinks.weight");
  }

  private static List<String> warnings(Consumer<ModelDraft> change) {
    ModelDraft draft = new ModelDraft("llama");
    change.accept(draft);
    return draft.load().metadata().warnings().all().stream()
        .filter(line -> !line.contains("tokenizer."))
        .toList();
  }

  @Test
  void takesOneValueForEachLayerIfAllAreEqual() {
    for (String key :
        List.of("attention.head_count", "attention.head_count_kv", "feed_forward_length")) {
      ModelDraft draft = new ModelDraft("llama");
      Object one = draft.keys.get("llama." + key);
      draft.set(key, new MetadataArray(ValueType.I32, List.of(one, one)));
      assertEquals(new ModelDraft("llama").load().config(), draft.load().config());
      refused(
          d -> d.set(key, new MetadataArray(ValueType.I32, List.of(one, 4711))),
          "llama." + key,
          "differs from layer to layer");
      refused(d -> d.set(key, new MetadataArray(ValueType.I32, List.of())), "llama." + key);
    }
  }

  @Test
  void takesNumbersOfOtherTypes() {
    ModelDraft draft = new ModelDraft("llama");
    draft.set("embedding_length", (float) ModelDraft.HIDDEN);
    draft.set("block_count", 2.0);
    draft.set("context_length", (short) 32);
    draft.set("rope.freq_base", 10000L);
    assertEquals(new ModelDraft("llama").load().config(), draft.load().config());
    refused(d -> d.set("embedding_length", 8.5f), "llama.embedding_length");
    refused(d -> d.set("embedding_length", "8"), "llama.embedding_length");
  }

  @Test
  void assumesAContextWhereTheFileHasNone() {
    assertTrue(warnings(d -> d.set("context_length", 0)).getFirst().contains("4096"));
    assertTrue(warnings(d -> d.keys.remove("llama.context_length")).getFirst().contains("4096"));
    refused(
        d -> {
          d.set("context_length", 0);
          d.set("rope.scaling.type", "yarn");
          d.set("rope.scaling.factor", 4f);
        },
        "original_context_length");
  }

  /** Every key that changes the computation is refused by name, unless its value is neutral. */
  @Test
  void doesNotIgnoreWhatChangesTheComputation() {
    for (String name : ComputationKeys.names()) {
      String key = name.endsWith(".") || name.endsWith("_") ? name + "x" : name;
      Object strange = key.equals("attention.causal") ? (Object) false : (Object) 3;
      Object nothing = key.equals("attention.causal") ? (Object) true : (Object) 0;
      refused(
          d -> {
            d.set("attention.sliding_window", 5);
            d.set(key, strange);
          },
          "llama.");
      if (!key.endsWith("_swa") && !key.equals("attention.sliding_window_pattern")) {
        refused(d -> d.set(key, strange), "llama." + key);
      }
      assertEquals(List.of(), warnings(d -> d.set(key, nothing)), key);
    }
  }

  @Test
  void takesNeutralValues() {
    Map<String, Object> neutral = new LinkedHashMap<>();
    neutral.put("logit_scale", 1f);
    neutral.put("residual_scale", 1f);
    neutral.put("embedding_scale", 1.0);
    neutral.put("attention.scale", 0.5f); // 1 / sqrt(4)
    neutral.put("attention.sliding_window", 32L);
    neutral.put("attention.sliding_window_pattern", 0);
    neutral.put("use_parallel_residual", false);
    neutral.put("hidden_activation", "silu");
    neutral.put("pooling_type", -1);
    neutral.put("embedding_length_out", ModelDraft.HIDDEN);
    neutral.put("rope.dimension_sections", new MetadataArray(ValueType.I32, List.of(0, 0, 0, 0)));
    neutral.put("vocab_size", 77);
    neutral.put("rope.scaling.finetuned", true);
    assertEquals(List.of(), warnings(d -> neutral.forEach(d::set)));
  }

  @Test
  void warnsOfUnknownKeys() {
    List<String> warnings = warnings(d -> d.set("some.new_thing", 5));
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().contains("llama.some.new_thing"), warnings.getFirst());
  }

  @Test
  void tellsHeadsByName() {
    refused(
        d -> d.tensor("cls.output.weight", ModelDraft.HIDDEN, 1), "cls.output.weight", "reranker");
    refused(d -> d.tensor("cls.weight", ModelDraft.HIDDEN, 1), "cls.weight", "classifier");
    refused(
        d -> d.tensor("dense_2.weight", ModelDraft.HIDDEN, 1), "dense_2.weight", "embedding model");
    refused(d -> d.tensor("position_embd.weight", ModelDraft.HIDDEN, 32), "position_embd.weight");
    refused(d -> d.tensor("rope_factors_long.weight", 2), "LongRoPE");
    refused(d -> d.tensor("blk.0.attn_norm.bias", ModelDraft.HIDDEN), "blk.0.attn_norm.bias");
  }

  @Test
  void tellsWhatIsNoModel() {
    refused(d -> d.keys.put("general.type", "adapter"), "LoRA adapter");
    refused(d -> d.keys.put("general.type", "imatrix"), "importance matrix");
    refused(d -> d.keys.put("general.type", "mmproj"), "projector");
    refused(d -> d.keys.put("general.architecture", "clip"), "projector");
    refused(d -> d.keys.put("general.architecture", "controlvector"), "control vector");
    refused(d -> d.keys.put("general.architecture", "flux"), "images");
    refused(d -> d.tensor("blk.0.attn_q.weight.lora_a", ModelDraft.HIDDEN, 4), "LoRA adapter");
    refused(d -> d.tensors.clear(), "vocabulary");
  }

  private static float[] random(int n, long seed) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextFloat() + 0.5f;
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("dev.lamina.engine.model.Architectures#names")
  void splitsFusedProjections(String architecture) {
    ModelDraft draft = new ModelDraft(architecture);
    for (String name : List.of("q", "k", "v")) {
      draft.tensors.remove("blk.1.attn_" + name + ".weight");
    }
    float[] weights = random(ModelDraft.HIDDEN * 2 * ModelDraft.HIDDEN, 1);
    float[] biases = random(2 * ModelDraft.HIDDEN, 2);
    draft.tensor("blk.1.attn_qkv.weight", ModelDraft.HIDDEN, 2 * ModelDraft.HIDDEN);
    draft.tensor("blk.1.attn_qkv.bias", 2 * ModelDraft.HIDDEN);
    draft.values.put("blk.1.attn_qkv.weight", weights);
    draft.values.put("blk.1.attn_qkv.bias", biases);
    int row = 0;
    List<Op.MatMul> products = products(draft.load()).subList(0, 3);
    for (Op.MatMul product : products) {
      int rows = product.out().width();
      assertArrayEquals(
          Arrays.copyOfRange(weights, row * ModelDraft.HIDDEN, (row + rows) * ModelDraft.HIDDEN),
          floats(product.weight()));
      assertArrayEquals(Arrays.copyOfRange(biases, row, row + rows), floats(product.bias()));
      row += rows;
    }
    assertEquals(2 * ModelDraft.HIDDEN, row);
    assertEquals(
        List.of("blk.1.attn_q.weight", "blk.1.attn_k.weight", "blk.1.attn_v.weight"),
        products.stream().map(product -> product.weight().name()).toList());
  }

  private static List<Op.MatMul> products(Model model) {
    return model.graph().layers().get(1).stream()
        .filter(Op.MatMul.class::isInstance)
        .map(Op.MatMul.class::cast)
        .toList();
  }

  private static float[] floats(GgufTensor tensor) {
    float[] values = new float[(int) (tensor.columns() * tensor.rows())];
    tensor.type().format().dequantize(tensor.data(), 0, values.length, values, 0);
    return values;
  }

  /** The product is scaled, the bias is not. */
  @Test
  void scalesProducts() {
    for (String name :
        List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")) {
      ModelDraft draft = new ModelDraft("llama");
      String prefix = "blk.1." + name;
      int rows = draft.tensors.get(prefix + ".weight").get(1).intValue();
      draft.tensor(prefix + ".scale", 1);
      draft.tensor(prefix + ".input_scale", 1);
      draft.tensor(prefix + ".bias", rows);
      draft.values.put(prefix + ".scale", new float[] {0.25f});
      draft.values.put(prefix + ".bias", random(rows, 3));
      List<Op> layer = draft.load().graph().layers().get(1);
      for (int i = 0; i < layer.size(); i++) {
        if (layer.get(i) instanceof Op.MatMul product
            && product.weight().name().equals(prefix + ".weight")) {
          Op.Scale scale = (Op.Scale) layer.get(i + 1);
          assertSame(product.out(), scale.x());
          assertEquals(0.25f, scale.factor());
          float[] bias = floats(product.bias());
          for (int k = 0; k < rows; k++) {
            assertEquals(random(rows, 3)[k], 0.25f * bias[k]);
          }
        } else if (layer.get(i) instanceof Op.Scale) {
          assertInstanceOf(Op.MatMul.class, layer.get(i - 1));
        }
      }
      assertEquals(1, layer.stream().filter(Op.Scale.class::isInstance).count());
    }
    refused(d -> d.tensor("blk.0.attn_q.scale", 1), "blk.0.attn_q.scale is 0.0");
    refused(d -> d.tensor("blk.0.attn_q.scale", 2), "blk.0.attn_q.scale");
  }

  @Test
  void takesTheUsersKeys() {
    ModelDraft draft = new ModelDraft("llama");
    draft.set("attention.scale", 3f);
    draft.set("context_length", 64);
    List<KeyOverride> keys =
        KeyOverride.parseAll(
            "llama.attention.scale=float:0,llama.context_length=int:16,general.name=str:a, b,c=d");
    Model model = draft.load(keys);
    assertEquals(16, model.config().contextLength());
    assertEquals("a, b,c=d", model.metadata().string("general.name"));
  }

  /** Random values for random keys give success or a message, nothing else. */
  @Test
  void survivesAnyNumbers() {
    long seed = 20240726;
    Random random = new Random(seed);
    List<String> names = new ArrayList<>(new ModelDraft("llama").keys.keySet());
    names.remove("general.architecture");
    names.addAll(
        List.of(
            "llama.rope.dimension_count",
            "llama.rope.freq_base",
            "llama.rope.scaling.factor",
            "llama.rope.scaling.original_context_length",
            "llama.attention.key_length"));
    long[] numbers = {
      0, 1, -1, 2, 7, 8, 255, 1 << 24, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 40
    };
    for (int i = 0; i < 3000; i++) {
      ModelDraft draft = new ModelDraft("llama");
      for (int k = random.nextInt(3); k >= 0; k--) {
        String key = names.get(random.nextInt(names.size()));
        long number = numbers[random.nextInt(numbers.length)];
        draft.keys.put(key, random.nextBoolean() ? (Object) number : (Object) (float) number);
      }
      try {
        draft.load();
      } catch (GgufFormatException | UnsupportedModelException e) {
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
      } catch (RuntimeException | OutOfMemoryError e) {
        fail("seed " + seed + ", case " + i + ": " + draft.keys, e);
      }
    }
  }
}
