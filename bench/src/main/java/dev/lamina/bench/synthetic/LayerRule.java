package dev.lamina.bench.synthetic;

import dev.lamina.kernels.TensorType;

/** The type that a file type gives to one kind of matrix, from layer to layer. */
@FunctionalInterface
interface LayerRule {
  /**
   * @param layer index; 0 for matrices outside of layers
   */
  TensorType type(int layer, ModelShape shape);

  static LayerRule always(TensorType type) {
    return (_, _) -> type;
  }

  /** The first {@code n} layers, and the others. */
  static LayerRule firstLayers(int n, TensorType first, TensorType rest) {
    return (layer, _) -> layer < n ? first : rest;
  }

  /** The first of {@code parts} equal parts of the layers, rounded down, and the others. */
  static LayerRule firstPart(int parts, TensorType first, TensorType rest) {
    return (layer, shape) -> layer < shape.nLayers() / parts ? first : rest;
  }

  /** The first and the last eighth of the layers, and those between. */
  static LayerRule ends(TensorType ends, TensorType middle) {
    return (layer, shape) -> isAtAnEnd(layer, shape.nLayers()) ? ends : middle;
  }

  /** The first and the last eighth of the layers and every third between, and the others. */
  static LayerRule endsAndThirds(TensorType more, TensorType rest) {
    return (layer, shape) -> {
      int n = shape.nLayers();
      return isAtAnEnd(layer, n) || (layer - n / 8) % 3 == 2 ? more : rest;
    };
  }

  /** Where four or more query heads share a value head, which makes its matrix small; and else. */
  static LayerRule ifShared(TensorType shared, TensorType otherwise) {
    return (_, shape) -> shape.groupSize() >= 4 ? shared : otherwise;
  }

  private static boolean isAtAnEnd(int layer, int n) {
    return layer < n / 8 || layer >= 7 * n / 8;
  }
}
