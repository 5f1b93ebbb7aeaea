package dev.lamina.quantize;

import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufPart;
import dev.lamina.gguf.GgufTensor;
import dev.lamina.gguf.GgufWriter;
import dev.lamina.gguf.Metadata;
import dev.lamina.gguf.Printable;
import dev.lamina.kernels.TensorType;
import dev.lamina.quantize.QuantizeException.Reason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The plan for quantizing a model: the type of every tensor, before anything is computed. Making
 * the plan finds everything that can be wrong with options and files.
 */
public final class QuantizePlan {
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,9}).*");

  /** llama.cpp's: tensors outside of layers, then layer by layer, each by name. */
  private static final Comparator<GgufTensor> ORDER =
      Comparator.<GgufTensor>comparingInt(tensor -> layer(tensor.name()))
          .thenComparing(GgufTensor::name);

  private final GgufFile source;
  private final QuantizeOptions options;
  private final LayerPruning pruning;
  private final TensorImportance importance;

  /** Of each part that is kept; one list if none are. */
  private final List<List<PlannedTensor>> parts = new ArrayList<>();

  private QuantizePlan(GgufFile source, QuantizeOptions options) {
    this.source = source;
    this.options = options;
    this.pruning = new LayerPruning(options.prunedLayers(), source.tensors().keySet());
    this.importance =
        new TensorImportance(pruning.rename(options.importance()), options.importanceFile());
  }

  /**
   * @param source stays open as long as the plan is used
   * @throws QuantizeException if the model cannot be quantized so
   * @throws dev.lamina.gguf.GgufFormatException if the metadata does not describe a model
   */
  public static QuantizePlan of(GgufFile source, QuantizeOptions options) {
    QuantizePlan plan = new QuantizePlan(source, options);
    plan.planTypes();
    plan.check();
    return plan;
  }

  private void planTypes() {
    List<List<GgufTensor>> groups = new ArrayList<>();
    if (options.keepSplit()) {
      for (GgufPart part : source.parts()) {
        groups.add(sorted(part.tensors().values(), Comparator.comparingLong(GgufTensor::storedAt)));
      }
    } else {
      groups.add(sorted(source.tensors().values(), ORDER));
    }
    groups.replaceAll(pruning::rename);
    if (groups.size() > 1) {
      groups.removeIf(List::isEmpty);
    }
    List<GgufTensor> all = groups.stream().flatMap(List::stream).toList();
    Metadata metadata = TargetMetadata.overridden(source.metadata(), options.keys());
    ModelTraits model =
        ModelTraits.of(metadata, source.tensors().keySet(), options.importance() != null);
    List<PlannedTensor> types = TypePlanner.plan(options.types(), model, all);
    int from = 0;
    for (List<GgufTensor> group : groups) {
      parts.add(types.subList(from, from + group.size()));
      from += group.size();
    }
  }

  private static List<GgufTensor> sorted(
      Iterable<GgufTensor> tensors, Comparator<GgufTensor> order) {
    List<GgufTensor> list = new ArrayList<>();
    tensors.forEach(list::add);
    list.sort(order);
    return list;
  }

  private static int layer(String name) {
    Matcher matcher = LAYER.matcher(name);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  private void check() {
    for (PlannedTensor tensor : tensors()) {
      TensorType type = tensor.source().type();
      if (!tensor.converts()) {
        continue;
      }
      if (!type.holdsWeights()) {
        throw new QuantizeException(
            "tensor "
                + Printable.quote(tensor.name())
                + " is of type "
                + type
                + ", which is not converted");
      }
      if (type.blockSize() > 1 && !options.allowRequantize()) {
        throw new QuantizeException(
            Reason.QUANTIZED_ALREADY,
            "tensor "
                + Printable.quote(tensor.name())
                + " is "
                + type
                + " already; start from a file in F32, F16 or BF16");
      }
    }
    putMetadata(new GgufWriter());
  }

  /**
   * Checks that each type which is of no use without an importance has one.
   *
   * @return lines on what the user may want to know
   * @throws QuantizeException if one is missing, or is that of another model
   */
  public List<String> checkImportance() {
    return importance.check(options.types().type().mix(), tensors());
  }

  /** All tensors, in the order of the output. */
  public List<PlannedTensor> tensors() {
    return parts.stream().flatMap(List::stream).toList();
  }

  /** Bytes of all tensors before. */
  public long sourceBytes() {
    return tensors().stream().mapToLong(tensor -> tensor.source().byteSize()).sum();
  }

  /** Bytes of all tensors afterwards. */
  public long bytes() {
    return tensors().stream().mapToLong(PlannedTensor::bytes).sum();
  }

  /** Weights of all tensors. */
  public long elements() {
    return tensors().stream().mapToLong(t -> t.source().columns() * t.source().rows()).sum();
  }

  GgufFile source() {
    return source;
  }

  QuantizeOptions options() {
    return options;
  }

  TensorImportance importance() {
    return importance;
  }

  List<List<PlannedTensor>> parts() {
    return parts;
  }

  void putMetadata(GgufWriter writer) {
    TargetMetadata.put(writer, source.metadata(), options, pruning.metadata(source.metadata()));
  }
}
