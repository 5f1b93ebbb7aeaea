package dev.lamina.engine.testing;

import dev.lamina.engine.memory.Group;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.ModelGraph;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.model.Rows;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.format.LittleEndian;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A Llama of 6 layers and 700 tokens with random weights: small enough for the scalar reference to
 * write texts in milliseconds, with logits that depend on every token before.
 */
public final class SmallModel {
  private static final int LAYERS = 6;
  private static final int HIDDEN = 32;
  private static final int FFN = 64;
  private static final int KV = 16;
  private static final int VOCABULARY = 700;
  private static final int WINDOW = 70;

  private final GgufWriter writer = new GgufWriter();
  private final Random random = new Random(3);

  private SmallModel() {
    set("block_count", LAYERS);
    set("context_length", 256);
    set("embedding_length", HIDDEN);
    set("feed_forward_length", FFN);
    set("attention.head_count", 4);
    set("attention.head_count_kv", 2);
    writer.put("general.architecture", "llama");
    writer.put("llama.attention.layer_norm_rms_epsilon", 1e-5f);
    writer.put("tokenizer.ggml.model", "gpt2");
    writer.put("tokenizer.ggml.pre", "gpt-2");
    writer.u32("tokenizer.ggml.eos_token_id", 1);
    writer.strings(
        "tokenizer.ggml.tokens", IntStream.range(0, VOCABULARY).mapToObj(i -> "t" + i).toList());
    writer.strings("tokenizer.ggml.merges", List.of());
    matrix("token_embd.weight", HIDDEN, VOCABULARY);
    for (int i = 0; i < LAYERS; i++) {
      layer("blk." + i + ".");
    }
    norm("output_norm.weight");
    matrix("output.weight", HIDDEN, VOCABULARY);
  }

  private void layer(String prefix) {
    norm(prefix + "attn_norm.weight");
    matrix(prefix + "attn_q.weight", HIDDEN, HIDDEN);
    matrix(prefix + "attn_k.weight", HIDDEN, KV);
    matrix(prefix + "attn_v.weight", HIDDEN, KV);
    matrix(prefix + "attn_output.weight", HIDDEN, HIDDEN);
    norm(prefix + "ffn_norm.weight");
    matrix(prefix + "ffn_gate.weight", HIDDEN, FFN);
    matrix(prefix + "ffn_up.weight", HIDDEN, FFN);
    matrix(prefix + "ffn_down.weight", FFN, HIDDEN);
  }

  private void set(String key, long value) {
    writer.u32("llama." + key, value);
  }

  private void norm(String name) {
    float[] ones = new float[HIDDEN];
    Arrays.fill(ones, 1);
    writer.tensor(name, TensorType.F32, List.of((long) HIDDEN), bytes(ones));
  }

  private void matrix(String name, int columns, int rows) {
    float[] values = new float[columns * rows];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() / Math.sqrt(columns));
    }
    writer.tensor(name, TensorType.F32, List.of((long) columns, (long) rows), bytes(values));
  }

  private static MemorySegment bytes(float[] values) {
    MemorySegment data = Arena.ofAuto().allocate(4L * values.length, 4);
    MemorySegment.copy(values, 0, data, LittleEndian.F32, 0, values.length);
    return data;
  }

  /** The same with windows of attention in some layers, and recurrent ones. */
  public static Model hybrid() {
    Model model = load();
    ModelGraph graph = model.graph();
    List<List<Op>> layers = new ArrayList<>(graph.layers());
    layers.set(1, withWindow(layers.get(1)));
    layers.set(2, withState(layers.get(2)));
    layers.set(3, withState(withWindow(layers.get(3))));
    ModelGraph changed = new ModelGraph(graph.embedding(), layers, graph.head(), graph.logits());
    return new Model(model.metadata(), model.config(), changed, model.tokenizer());
  }

  private static List<Op> withWindow(List<Op> layer) {
    return layer.stream()
        .map(op ->
            op instanceof Op.Attention a
                ? new Op.Attention(
                    a.q(),
                    a.k(),
                    a.v(),
                    a.out(),
                    Group.window(WINDOW),
                    a.nHeads(),
                    a.nKvHeads(),
                    a.headDim(),
                    a.scale())
                : op)
        .toList();
  }

  /** Puts a state between the sums of a layer and their result. */
  private static List<Op> withState(List<Op> layer) {
    List<Op> ops = new ArrayList<>();
    for (Op op : layer) {
      if (op instanceof Op.Add add) {
        Rows sum = new Rows("sum before the state", add.out().width(), add.out().set());
        ops.add(new Op.Add(add.a(), add.b(), sum));
        ops.add(new Op.DecayingSum(sum, add.out(), 0.25f));
      } else {
        ops.add(op);
      }
    }
    return ops;
  }

  /** The model. */
  public static Model load() {
    return load(_ -> {});
  }

  /** The model with more keys in its file. */
  public static Model load(Consumer<GgufWriter> more) {
    SmallModel model = new SmallModel();
    more.accept(model.writer);
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      model.writer.writeTo(Channels.newChannel(bytes));
      MemorySegment file = Arena.ofAuto().allocate(bytes.size(), 64);
      file.copyFrom(MemorySegment.ofArray(bytes.toByteArray()));
      return Model.load(GgufFile.of(file, "small.gguf"), RopeOverrides.none());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
