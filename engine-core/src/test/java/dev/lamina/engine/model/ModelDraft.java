package dev.lamina.engine.model;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.gguf.KeyOverride;
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

/** A model file under construction: keys, and tensors by name with their shapes, all F32. */
final class ModelDraft {
  static final int HIDDEN = 8;
  static final int FFN = 12;
  static final int VOCABULARY = 5;

  final String architecture;
  final Map<String, Object> keys = new LinkedHashMap<>();
  final Map<String, List<Long>> tensors = new LinkedHashMap<>();
  final Map<String, TensorType> types = new LinkedHashMap<>();
  final Map<String, float[]> values = new LinkedHashMap<>();

  ModelDraft(String architecture) {
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
    return load(List.of());
  }

  Model load(List<KeyOverride> overrides) {
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
        MemorySegment data = arena.allocate(type.bytes(elements));
        MemorySegment.copy(
            MemorySegment.ofArray(values.getOrDefault(name, new float[0])),
            0,
            data,
            0,
            4L * values.getOrDefault(name, new float[0]).length);
        writer.tensor(name, type, shape, data);
      });
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      writer.writeTo(Channels.newChannel(bytes));
      MemorySegment file = Arena.ofAuto().allocate(bytes.size(), 64);
      file.copyFrom(MemorySegment.ofArray(bytes.toByteArray()));
      return Model.load(GgufFile.of(file, "draft.gguf").with(overrides), RopeOverrides.none());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
