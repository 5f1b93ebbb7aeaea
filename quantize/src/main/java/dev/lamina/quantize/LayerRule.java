package dev.lamina.quantize;

import dev.lamina.kernels.TensorType;

/** The type that a file type gives to one kind of matrix, from layer to layer. */
@FunctionalInterface
interface LayerRule {
  /**
   * @param layer index among the matrices of this kind; 0 for matrices outside of layers
   * @param nLayers how many there are
   */
  TensorType type(int layer, int nLayers, ModelTraits model);

  static LayerRule always(TensorType type) {
    return (_, _, _) -> type;
  }

  /** The first {@code n} layers, and the others. */
  static LayerRule firstLayers(int n, TensorType first, TensorType rest) {
    return (layer, _, _) -> layer < n ? first : rest;
  }

  /** The first of {@code parts} equal parts of the layers, rounded down, and the others. */
  static LayerRule firstPart(int parts, TensorType first, TensorType rest) {
    return firstPart(parts, always(first), always(rest));
  }

  /** The same, of rules. */
  static LayerRule firstPart(int parts, LayerRule first, LayerRule rest) {
    return (layer, n, model) -> (layer < n / parts ? first : rest).type(layer, n, model);
  }

  /** The first and the last eighth of the layers, and those between. */
  static LayerRule ends(TensorType ends, TensorType middle) {
    return (layer, n, _) -> isAtAnEnd(layer, n) ? ends : middle;
  }

  /** The first and the last eighth of the layers and every third between, and the others. */
  static LayerRule endsAndThirds(TensorType more, TensorType rest) {
    return (layer, n, _) -> isAtAnEnd(layer, n) || (layer - n / 8) % 3 == 2 ? more : rest;
  }

  /** Where four or more query heads share a value head, which makes its matrix small; and else. */
  static LayerRule ifShared(TensorType shared, TensorType otherwise) {
    return ifShared(always(shared), always(otherwise));
  }

  /** The same, of rules. */
  static LayerRule ifShared(LayerRule shared, LayerRule otherwise) {
    return (layer, n, model) -> (model.groupSize() >= 4 ? shared : otherwise).type(layer, n, model);
  }

  /** The same, but four or more experts count as much as heads that share. */
  static LayerRule ifSharedOrExperts(TensorType shared, TensorType otherwise) {
    return (_, _, model) -> model.groupSize() >= 4 || model.nExperts() >= 4 ? shared : otherwise;
  }

  /** With an importance matrix, and without. */
  static LayerRule ifImportance(LayerRule with, LayerRule without) {
    return (layer, n, model) -> (model.importance() ? with : without).type(layer, n, model);
  }

  private static boolean isAtAnEnd(int layer, int n) {
    return layer < n / 8 || layer >= 7 * n / 8;
  }
}
