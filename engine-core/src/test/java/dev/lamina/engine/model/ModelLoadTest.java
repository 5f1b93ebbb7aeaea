package dev.lamina.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lamina.engine.gguf.GgufFile;
import dev.lamina.engine.gguf.GgufFormatException;
import dev.lamina.engine.gguf.GgufWriter;
import dev.lamina.engine.gguf.UnsupportedModelException;
import dev.lamina.kernels.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that load, and files whose keys and tensors do not fit each other or the architecture. */
class ModelLoadTest {
  private static final int HIDDEN = 8;
  private static final int FFN = 12;
  private static final int VOCABULARY = 5;

  /** A file under construction: keys, and tensors by name with their shapes, all F32. */
  private static final class Draft {
    final String architecture;
    final Map<String, Object> keys = new LinkedHashMap<>();
    final Map<String, List<Long>> tensors = new LinkedHashMap<>();
    final Map<String, TensorType> types = new LinkedHashMap<>();

    Draft(String architecture) {
      this.architecture = architecture;
      keys.put("general.architecture", architecture);
      set("block_count", 2);
      set("context_length", 32);
      set("embedding_length", HIDDEN);
      set("feed_forward_length", FFN);
      set("attention.head_count", 2);
      set("attention.head_count_kv", 1);
      set("attention.layer_norm_rms_epsilon", 1e-5f);
      tensor("token_embd.weight", HIDDEN, VOCABULARY);
      tensor("output_norm.weight", HIDDEN);
      for (int i = 0; i < 2; i++) {
        layer("blk." + i + ".");
      }
    }

    private void layer(String prefix) {
      tensor(prefix + "attn_norm.weight", HIDDEN);
      tensor(prefix + "attn_q.weight", HIDDEN, HIDDEN);
      tensor(prefix + "attn_k.weight", HIDDEN, HIDDEN / 2);
      tensor(prefix + "attn_v.weight", HIDDEN, HIDDEN / 2);
      tensor(prefix + "attn_output.weight", HIDDEN, HIDDEN);
      tensor(prefix + "ffn_norm.weight", HIDDEN);
      tensor(prefix + "ffn_gate.weight", HIDDEN, FFN);
      tensor(prefix + "ffn_up.weight", HIDDEN, FFN);
      tensor(prefix + "ffn_down.weight", FFN, HIDDEN);
      if (architecture.equals("qwen3")) {
        tensor(prefix + "attn_q_norm.weight", HIDDEN / 2);
        tensor(prefix + "attn_k_norm.weight", HIDDEN / 2);
      }
    }

    void set(String key, Object value) {
      keys.put(architecture + "." + key, value);
    }

    void tensor(String name, long... shape) {
      List<Long> dimensions = new ArrayList<>();
      for (long d : shape) {
        dimensions.add(d);
      }
      tensors.put(name, dimensions);
    }

    Model load() {
      GgufWriter writer = new GgufWriter();
      keys.forEach(writer::put);
      writer.put("tokenizer.ggml.model", "gpt2");
      writer.put("tokenizer.ggml.pre", "gpt-2");
      writer.strings("tokenizer.ggml.tokens", List.of("a", "b", "c", "ab", "<end>"));
      writer.strings("tokenizer.ggml.merges", List.of("a b"));
      try (Arena arena = Arena.ofConfined()) {
        tensors.forEach((name, shape) -> {
          TensorType type = types.getOrDefault(name, TensorType.F32);
          long elements = shape.stream().reduce(1L, (a, b) -> a * b);
          writer.tensor(name, type, shape, arena.allocate(type.bytes(elements)));
        });
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writer.writeTo(Channels.newChannel(bytes));
        MemorySegment file = Arena.ofAuto().allocate(bytes.size(), 64);
        file.copyFrom(MemorySegment.ofArray(bytes.toByteArray()));
        return Model.load(GgufFile.of(file, "draft.gguf"), RopeOverrides.none());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void refused(Consumer<Draft> change, String... named) {
    Draft draft = new Draft("llama");
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
  @ValueSource(strings = {"llama", "qwen2", "qwen3"})
  void readsEveryArchitecture(String name) {
    Model model = new Draft(name).load();
    ModelConfig config = model.config();
    assertEquals(List.of(name, 2, HIDDEN, 2, 1, 4), describe(config));
    assertEquals(VOCABULARY, config.nVocab());
    assertEquals(2, model.graph().layers().size());
  }

  private static List<Object> describe(ModelConfig c) {
    return List.of(
        c.architecture(), c.nLayers(), c.hiddenSize(), c.nHeads(), c.nKvHeads(), c.headDim());
  }

  @Test
  void outputIsTiedOnlyWithoutItsOwnTensor() {
    Draft draft = new Draft("llama");
    assertEquals("token_embd.weight", output(draft.load()));
    draft.tensor("output.weight", HIDDEN, VOCABULARY);
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
    "context_length, 0",
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
    refused(d -> d.tensor("blk.0.attn_q.weight", HIDDEN, HIDDEN + 1), "blk.0.attn_q.weight");
    refused(d -> d.tensor("blk.0.ffn_norm.weight", HIDDEN - 1), "blk.0.ffn_norm.weight");
    refused(d -> d.tensor("blk.0.attn_q.weight", HIDDEN, HIDDEN, 2), "blk.0.attn_q.weight");
    refused(d -> d.tensor("rope_freqs.weight", 7), "rope_freqs.weight");
    refused(d -> d.types.put("blk.0.attn_q.weight", TensorType.I32), "I32");
    refused(d -> d.types.put("output_norm.weight", TensorType.I16), "I16");
    refused(d -> d.tensor("token_embd.weight", HIDDEN, VOCABULARY + 1), "token_embd.weight");
  }

  @Test
  void namesWhatIsNotBuilt() {
    refused(d -> d.keys.put("general.architecture", "mamba"), "mamba", "llama, qwen2, qwen3");
    refused(d -> d.set("expert_count", 8), "experts");
    refused(d -> d.set("rope.scaling.type", "longrope"), "longrope");
    refused(d -> d.set("attention.value_length", 6), "value_length");
    refused(d -> d.tensor("blk.0.attn_sinks.weight", 2), "blk.0.attn_sinks.weight");
  }

  /** Random values for random keys: nothing but success or a message comes of it. */
  @Test
  void survivesAnyNumbers() {
    long seed = 20240726;
    Random random = new Random(seed);
    List<String> names = new ArrayList<>(new Draft("llama").keys.keySet());
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
      Draft draft = new Draft("llama");
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
