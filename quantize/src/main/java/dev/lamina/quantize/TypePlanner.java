package dev.lamina.quantize;

import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.Printable;
import dev.lamina.kernels.TensorType;
import dev.lamina.quantize.QuantizeException.Reason;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gives each tensor its type, as llama.cpp's quantizer does. */
final class TypePlanner {
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,9})\\..*");

  private final TypeOptions options;
  private final FileType mix;
  private final ModelTraits model;

  /**
   * The number of matrices of each role that got their type by the mix, which counts as the layer.
   */
  private final Map<Role, Integer> seen = new EnumMap<>(Role.class);

  private int nValueMatrices;

  private TypePlanner(TypeOptions options, ModelTraits model) {
    this.options = options;
    this.model = model;
    this.mix = options.type().mix();
  }

  /**
   * @param tensors in the order of the output, by which layers are counted
   * @throws QuantizeException if the options do not fit the tensors
   */
  static List<PlannedTensor> plan(
      TypeOptions options, ModelTraits model, List<GgufTensor> tensors) {
    TypePlanner planner = new TypePlanner(options, model);
    planner.check(tensors);
    List<PlannedTensor> plan = new ArrayList<>();
    for (GgufTensor tensor : tensors) {
      plan.add(new PlannedTensor(tensor, planner.type(tensor)));
    }
    return plan;
  }

  private void check(List<GgufTensor> tensors) {
    for (TypeOverride override : options.tensors()) {
      if (tensors.stream().noneMatch(tensor -> override.matches(tensor.name()))) {
        throw new QuantizeException(
            Reason.NO_SUCH_TENSOR,
            "the model has no tensor whose name contains "
                + Printable.quote(override.name().pattern()));
      }
    }
    if (!options.tensors().isEmpty() && (mix == null || mix.base().blockSize() == 1)) {
      throw new QuantizeException(
          Reason.USELESS_OVERRIDE,
          "types of single tensors have no effect with " + options.type().name());
    }
    nValueMatrices = (int) tensors.stream().filter(t -> Role.of(t.name()) == Role.ATTN_V).count();
  }

  private TensorType type(GgufTensor tensor) {
    Role role = Role.of(tensor.name());
    if (mix == null || !Quantizable.is(tensor) || options.keepOutput() && role == Role.OUTPUT) {
      return tensor.type();
    }
    if (role == Role.TOKEN_EMBEDDING && options.embedding() != null) {
      return checked(tensor, options.embedding(), Reason.EMBEDDING_TYPE);
    }
    if (role == Role.OUTPUT && options.output() != null) {
      return checked(tensor, options.output(), Reason.OUTPUT_TYPE);
    }
    if (mix.base().blockSize() == 1) {
      return mix.base();
    }
    for (TypeOverride override : options.tensors()) {
      if (override.matches(tensor.name())) {
        return FileType.fitting(override.type(), tensor.columns());
      }
    }
    return options.pure() ? FileType.fitting(mix.base(), tensor.columns()) : mixed(tensor, role);
  }

  private static TensorType checked(GgufTensor tensor, TensorType type, Reason reason) {
    if (tensor.columns() % type.blockSize() != 0) {
      throw new QuantizeException(
          reason,
          "tensor %s has rows of %d weights, no multiple of the %d of %s; choose another type"
              .formatted(Printable.quote(tensor.name()), tensor.columns(), type.blockSize(), type));
    }
    return type;
  }

  private TensorType mixed(GgufTensor tensor, Role role) {
    boolean isOutput = role == Role.OUTPUT || role == Role.TOKEN_EMBEDDING && model.tied();
    if (isOutput && options.output() != null) {
      return FileType.fitting(options.output(), tensor.columns());
    }
    if (mix.experts() != null && !isOutput && isOfExperts(tensor)) {
      return FileType.fitting(mix.experts(), tensor.columns());
    }
    int index = seen.merge(role, 1, Integer::sum) - 1;
    boolean isFfn = role == Role.FFN_DOWN || role == Role.FFN_GATE || role == Role.FFN_UP;
    if (isFfn && model.nExperts() > 1 && mix.countsLayersByName()) {
      index = layer(tensor);
    }
    int nLayers = role == Role.ATTN_V ? nValueMatrices : model.nLayers();
    return mix.typeOf(role, index, nLayers, model, tensor.columns());
  }

  private static boolean isOfExperts(GgufTensor tensor) {
    return tensor.shape().size() > 2 && tensor.shape().get(2) > 1;
  }

  private int layer(GgufTensor tensor) {
    Matcher name = LAYER.matcher(tensor.name());
    int layer = name.matches() ? Integer.parseInt(name.group(1)) : -1;
    if (layer < 0 || layer >= model.nLayers()) {
      throw new QuantizeException(
          "tensor "
              + Printable.quote(tensor.name())
              + " belongs to none of the "
              + model.nLayers()
              + " layers");
    }
    return layer;
  }
}
