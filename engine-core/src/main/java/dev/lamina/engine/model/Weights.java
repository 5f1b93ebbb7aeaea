package dev.lamina.engine.model;

import dev.lamina.gguf.FileWarnings;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.Printable;
import dev.lamina.gguf.UnsupportedModelException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A file's tensors by name. Each is checked against the shape that the architecture expects. */
public final class Weights {
  /** Tensors that old converters wrote: frequencies that follow from the hyperparameters. */
  private static final String IGNORED = ".attn_rot_embd";

  private final String source;
  private final FileWarnings warnings;
  private final Map<String, GgufTensor> tensors;
  private final Set<String> used = new HashSet<>();

  public Weights(GgufFile file) {
    this.source = file.metadata().source();
    this.warnings = file.warnings();
    this.tensors = file.tensors();
  }

  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  /**
   * A weight matrix.
   *
   * @throws GgufFormatException if it is missing, of another shape, or of a type that holds no
   *     weights
   */
  public GgufTensor matrix(String name, int rows, int columns) {
    GgufTensor tensor = require(name, "[" + columns + ", " + rows + "]");
    checkShape(tensor, columns, rows);
    if (!tensor.type().holdsWeights()) {
      throw new GgufFormatException(
          source + ": tensor " + name + " is of type " + tensor.type() + ", expected weights");
    }
    return tensor;
  }

  /** A norm weight or bias, in F32, F16 or BF16. */
  public GgufTensor vector(String name, int length) {
    GgufTensor tensor = require(name, "[" + length + "]");
    checkShape(tensor, length);
    return switch (tensor.type()) {
      case F32, F16, BF16 -> tensor;
      default ->
          throw new GgufFormatException(
              source + ": tensor " + name + " is of type " + tensor.type() + ", expected F32");
    };
  }

  /** As {@link #vector}, or null when the file has no such tensor. */
  public GgufTensor optionalVector(String name, int length) {
    return contains(name) ? vector(name, length) : null;
  }

  /**
   * The factor for the products of a matrix, {@code NAME.scale}; 1 if the file has none. {@code
   * NAME.input_scale} has no effect here: it is for programs that round activations to 4 bits.
   *
   * @param name of the matrix without {@code .weight}
   */
  public float scale(String name) {
    if (contains(name + ".input_scale")) {
      used.add(name + ".input_scale");
    }
    float[] scale = optionalFloats(name + ".scale", 1);
    if (scale == null) {
      return 1;
    }
    if (scale[0] == 0 || !Float.isFinite(scale[0])) {
      throw new GgufFormatException(
          source + ": tensor " + name + ".scale is " + scale[0] + ", expected a number but 0");
    }
    return scale[0];
  }

  /** Values of a vector, or null when the file has no such tensor. */
  public float[] optionalFloats(String name, int length) {
    GgufTensor tensor = optionalVector(name, length);
    return tensor == null ? null : floats(tensor);
  }

  /** Rows of the embedding table. */
  public int vocabularySize(int hiddenSize) {
    GgufTensor table = require("token_embd.weight", "[" + hiddenSize + ", vocabulary]");
    long rows = table.rows();
    if (rows <= 0 || rows > Integer.MAX_VALUE / 2) {
      throw new GgufFormatException(
          source + ": tensor token_embd.weight has " + rows + " rows, expected a vocabulary");
    }
    return (int) rows;
  }

  /**
   * Fails if the file has tensors that the architecture did not ask for, because then it is another
   * model.
   *
   * @throws UnsupportedModelException naming the first one
   */
  public void requireAllUsed(String architecture) {
    for (String name : tensors.keySet()) {
      if (used.contains(name)) {
        continue;
      }
      if (!name.contains(IGNORED)) {
        throw new UnsupportedModelException(
            source
                + ": tensor "
                + Printable.escape(name)
                + " "
                + TensorNames.about(name, architecture));
      }
      warnings.add(source + ": tensor " + Printable.escape(name) + " is not used");
    }
  }

  /** Dequantizes a vector to float32. */
  public static float[] floats(GgufTensor vector) {
    int n = Math.toIntExact(vector.columns());
    float[] values = new float[n];
    vector.dequantize(0, n, values, 0);
    return values;
  }

  private GgufTensor require(String name, String shape) {
    GgufTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new GgufFormatException(
          source + ": tensor " + name + " is missing, expected with shape " + shape);
    }
    used.add(name);
    return tensor;
  }

  private void checkShape(GgufTensor tensor, long... expected) {
    List<Long> shape = tensor.shape();
    boolean same = shape.size() >= expected.length;
    for (int i = 0; same && i < shape.size(); i++) {
      same = shape.get(i) == (i < expected.length ? expected[i] : 1);
    }
    if (!same) {
      throw new GgufFormatException(
          source
              + ": tensor "
              + tensor.name()
              + " has shape "
              + shape
              + ", expected "
              + Arrays.toString(expected));
    }
  }
}
