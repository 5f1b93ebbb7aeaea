package dev.lamina.bench.synthetic;

import dev.lamina.gguf.GgufWriter;
import dev.lamina.kernels.TensorType;
import dev.lamina.quantize.FileType;
import dev.lamina.quantize.Role;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * A model of a published shape with random weights: as fast as the real one, and as large, but its
 * text means nothing. The weights are scaled so that activations stay near 1 through all layers.
 */
public final class SyntheticModel {
  private final ModelShape shape;
  private final FileType type;
  private final long seed;

  /**
   * @param seed equal seeds give equal files
   */
  public SyntheticModel(ModelShape shape, FileType type, long seed) {
    this.shape = shape;
    this.type = type;
    this.seed = seed;
  }

  /**
   * @param spec {@code SHAPE:TYPE}, such as {@code qwen2.5-3b:Q4_K_M}
   * @throws IllegalArgumentException if it names no shape or type; the message lists them
   */
  public static SyntheticModel parse(String spec, long seed) {
    int colon = spec.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "synthetic model '" + spec + "': expected SHAPE:TYPE, such as qwen2.5-3b:Q4_K_M");
    }
    return new SyntheticModel(
        ModelShape.of(spec.substring(0, colon)), FileType.of(spec.substring(colon + 1)), seed);
  }

  public ModelShape shape() {
    return shape;
  }

  public FileType type() {
    return type;
  }

  /** Bytes of the tensors; the file is a little larger. */
  public long bytes() {
    return tensors().stream().mapToLong(SyntheticTensor::bytes).sum();
  }

  /** Writes the model as a GGUF file, replacing one of that name. */
  public void write(Path target) throws IOException {
    writer(_ -> {}).write(target);
  }

  /**
   * Writes the model as a GGUF file, replacing one of that name.
   *
   * @param progress told the bytes of each tensor when it is written
   */
  public void write(Path target, LongConsumer progress) throws IOException {
    writer(progress).write(target);
  }

  private GgufWriter writer(LongConsumer progress) {
    GgufWriter writer = new GgufWriter();
    addModelKeys(writer);
    addTokenizerKeys(writer);
    SplittableRandom seeds = new SplittableRandom(seed);
    for (SyntheticTensor tensor : tensors()) {
      long tensorSeed = seeds.nextLong();
      writer.tensor(
          tensor.name(),
          tensor.type(),
          tensor.shape(),
          out -> {
            tensor.writeTo(out, tensorSeed);
            progress.accept(tensor.bytes());
          });
    }
    return writer;
  }

  private void addModelKeys(GgufWriter writer) {
    String prefix = shape.architecture() + ".";
    writer
        .put("general.architecture", shape.architecture())
        .put("general.type", "model")
        .put("general.name", "Synthetic " + shape.name() + " " + type.name())
        .u32("general.file_type", type.id())
        .u32("general.quantization_version", 2)
        .u32(prefix + "block_count", shape.nLayers())
        .u32(prefix + "context_length", shape.contextLength())
        .u32(prefix + "embedding_length", shape.hidden())
        .u32(prefix + "feed_forward_length", shape.ffn())
        .u32(prefix + "attention.head_count", shape.nHeads())
        .u32(prefix + "attention.head_count_kv", shape.nKvHeads())
        .u32(prefix + "attention.key_length", shape.headDim())
        .u32(prefix + "attention.value_length", shape.headDim())
        .put(prefix + "attention.layer_norm_rms_epsilon", shape.rmsNormEps())
        .put(prefix + "rope.freq_base", shape.ropeTheta())
        .u32(prefix + "rope.dimension_count", shape.headDim())
        .u32(prefix + "vocab_size", shape.nVocab());
  }

  private void addTokenizerKeys(GgufWriter writer) {
    SyntheticVocabulary vocabulary = SyntheticVocabulary.of(shape, seed);
    writer
        .put("tokenizer.ggml.model", "gpt2")
        .put("tokenizer.ggml.pre", vocabulary.pre())
        .strings("tokenizer.ggml.tokens", vocabulary.tokens())
        .i32s("tokenizer.ggml.token_type", vocabulary.types().stream().mapToInt(id -> id).toArray())
        .strings("tokenizer.ggml.merges", vocabulary.merges())
        .u32("tokenizer.ggml.bos_token_id", vocabulary.bos())
        .u32("tokenizer.ggml.eos_token_id", vocabulary.eos())
        .put("tokenizer.ggml.add_bos_token", vocabulary.addBos())
        .put("tokenizer.chat_template", vocabulary.chatTemplate());
  }

  List<SyntheticTensor> tensors() {
    List<SyntheticTensor> tensors = new ArrayList<>();
    int hidden = shape.hidden();
    if (!shape.tied()) {
      tensors.add(matrix("output.weight", Role.OUTPUT, 0, hidden, shape.nVocab()));
    }
    tensors.add(norm("output_norm.weight", hidden));
    if (shape.ropeFactor() > 0) {
      tensors.add(ropeFactors());
    }
    tensors.add(matrix("token_embd.weight", Role.TOKEN_EMBEDDING, 0, hidden, shape.nVocab()));
    for (int layer = 0; layer < shape.nLayers(); layer++) {
      addAttention(tensors, layer);
      addFeedForward(tensors, layer);
    }
    return tensors;
  }

  private void addAttention(List<SyntheticTensor> tensors, int layer) {
    String prefix = "blk." + layer + ".";
    int hidden = shape.hidden();
    int queries = shape.nHeads() * shape.headDim();
    int keys = shape.nKvHeads() * shape.headDim();
    tensors.add(norm(prefix + "attn_norm.weight", hidden));
    tensors.add(matrix(prefix + "attn_q.weight", Role.ATTN_Q, layer, hidden, queries));
    tensors.add(matrix(prefix + "attn_k.weight", Role.ATTN_K, layer, hidden, keys));
    tensors.add(matrix(prefix + "attn_v.weight", Role.ATTN_V, layer, hidden, keys));
    tensors.add(matrix(prefix + "attn_output.weight", Role.ATTN_OUTPUT, layer, queries, hidden));
    if (shape.architecture().equals("qwen2")) {
      tensors.add(SyntheticTensor.uniform(prefix + "attn_q.bias", queries, 0, 0.1f));
      tensors.add(SyntheticTensor.uniform(prefix + "attn_k.bias", keys, 0, 0.1f));
      tensors.add(SyntheticTensor.uniform(prefix + "attn_v.bias", keys, 0, 0.1f));
    }
    if (shape.architecture().equals("qwen3")) {
      tensors.add(norm(prefix + "attn_q_norm.weight", shape.headDim()));
      tensors.add(norm(prefix + "attn_k_norm.weight", shape.headDim()));
    }
  }

  private void addFeedForward(List<SyntheticTensor> tensors, int layer) {
    String prefix = "blk." + layer + ".";
    int hidden = shape.hidden();
    int ffn = shape.ffn();
    tensors.add(norm(prefix + "ffn_norm.weight", hidden));
    tensors.add(matrix(prefix + "ffn_gate.weight", Role.FFN_GATE, layer, hidden, ffn));
    tensors.add(matrix(prefix + "ffn_up.weight", Role.FFN_UP, layer, hidden, ffn));
    tensors.add(matrix(prefix + "ffn_down.weight", Role.FFN_DOWN, layer, ffn, hidden));
  }

  private SyntheticTensor matrix(String name, Role role, int layer, int columns, int rows) {
    return SyntheticTensor.matrix(name, typeOf(role, layer, columns), columns, rows);
  }

  /** Types that are made only with an importance matrix are as made with one, others without. */
  private TensorType typeOf(Role role, int layer, int columns) {
    return type.typeOf(role, layer, shape.traits(type.needsImportance()), columns);
  }

  private static SyntheticTensor norm(String name, int size) {
    return SyntheticTensor.uniform(name, size, 1, 0.1f);
  }

  /**
   * Llama 3.1's divisors of the rotation frequencies: 1 for wavelengths below a quarter of the
   * original context, the factor for those above it, and a blend between.
   */
  private SyntheticTensor ropeFactors() {
    double original = 8192;
    double highFrequencyFactor = 4;
    List<Float> factors = new ArrayList<>();
    for (int i = 0; i < shape.headDim() / 2; i++) {
      double wavelength = 2 * Math.PI * Math.pow(shape.ropeTheta(), 2.0 * i / shape.headDim());
      double turns = original / wavelength;
      double blend = Math.clamp((turns - 1) / (highFrequencyFactor - 1), 0.0, 1.0);
      factors.add((float) (1 / ((1 - blend) / shape.ropeFactor() + blend)));
    }
    return new SyntheticTensor(
        "rope_freqs.weight",
        TensorType.F32,
        List.of((long) factors.size()),
        new SyntheticTensor.Given(factors));
  }
}
