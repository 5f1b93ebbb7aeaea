package dev.lamina.quantize;

import dev.lamina.gguf.GgufWriter;
import dev.lamina.gguf.PartLimit;
import dev.lamina.gguf.Printable;
import dev.lamina.gguf.SplitWriter;
import dev.lamina.gguf.TensorData;
import dev.lamina.gguf.TensorSpec;
import dev.lamina.gguf.output.OutputException;
import dev.lamina.gguf.output.PendingFiles;
import dev.lamina.kernels.TensorType;
import dev.lamina.kernels.quantize.Quantizers;
import dev.lamina.kernels.quantize.RowQuantizer;
import dev.lamina.quantize.QuantizeException.Reason;
import dev.lamina.quantize.TensorConverter.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** Carries out a plan. Memory use does not grow with the model. */
public final class ModelQuantizer {
  private final QuantizePlan plan;
  private final Map<TensorType, RowQuantizer> quantizers = new EnumMap<>(TensorType.class);

  /**
   * @throws QuantizeException if there is no quantizer for a type of the plan
   */
  public ModelQuantizer(QuantizePlan plan) {
    this(plan, Quantizers::of);
  }

  /**
   * @param quantizers throws IllegalArgumentException for types that it does not know
   */
  ModelQuantizer(QuantizePlan plan, Function<TensorType, RowQuantizer> quantizers) {
    this.plan = plan;
    for (PlannedTensor tensor : plan.tensors()) {
      if (tensor.converts()) {
        try {
          this.quantizers.computeIfAbsent(tensor.type(), quantizers);
        } catch (IllegalArgumentException e) {
          throw new QuantizeException(
              "tensor " + Printable.quote(tensor.name()) + ": " + e.getMessage(), e);
        }
      }
    }
  }

  /** Writes the quantized model; only the source's files must not be replaced. */
  public List<Path> write(Path target, int threads, LongConsumer progress) throws IOException {
    return write(target, List.of(), threads, progress);
  }

  /**
   * Writes the quantized model. Its files take their names, replacing others, when all are written.
   *
   * @param target its path; if there will be parts, the path that the whole would have
   * @param inputs files that must not be replaced, besides those of the source
   * @param threads that convert
   * @param progress told how many bytes of the source are done, from the calling thread
   * @return the files that were written
   * @throws OutputException if a file cannot be written, or would replace one that is read
   * @throws QuantizeException if a tensor holds a weight that is no number, or a part cannot be as
   *     small as it should
   */
  public List<Path> write(Path target, Collection<Path> inputs, int threads, LongConsumer progress)
      throws IOException {
    plan.checkImportance();
    List<Path> read = new ArrayList<>(plan.source().paths());
    read.addAll(inputs);
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      Workers workers = new Workers(pool, threads);
      List<List<TensorSpec>> parts = parts(workers, progress);
      List<Path> files =
          parts.size() == 1 ? List.of(target) : SplitWriter.paths(target, parts.size());
      for (Path file : files) {
        PendingFiles.check(file, read);
      }
      checkSpace(files.getFirst());
      if (parts.size() > 1) {
        SplitWriter.write(target, plan::putMetadata, parts);
      } else {
        GgufWriter writer = new GgufWriter();
        plan.putMetadata(writer);
        parts.getFirst().forEach(writer::tensor);
        writer.write(target);
      }
      return files;
    }
  }

  private List<List<TensorSpec>> parts(Workers workers, LongConsumer progress) {
    List<List<TensorSpec>> parts = new ArrayList<>();
    for (List<PlannedTensor> part : plan.parts()) {
      parts.add(part.stream().map(tensor -> spec(tensor, workers, progress)).toList());
    }
    long max = plan.options().maxPartBytes();
    if (max == 0 || plan.options().keepSplit()) {
      return parts;
    }
    try {
      return PartLimit.ofBytes(max).distribute(parts.getFirst());
    } catch (IllegalArgumentException e) {
      throw new QuantizeException(Reason.PART_SIZE, e.getMessage(), e);
    }
  }

  private TensorSpec spec(PlannedTensor tensor, Workers workers, LongConsumer progress) {
    TensorData data =
        tensor.converts() || TensorConverter.canCheck(tensor.source())
            ? out -> converter(tensor, workers, progress).writeTo(out)
            : out -> {
              TensorData.of(tensor.source()).writeTo(out);
              progress.accept(tensor.source().byteSize());
            };
    return new TensorSpec(tensor.name(), tensor.type(), tensor.source().shape(), data);
  }

  private TensorConverter converter(PlannedTensor tensor, Workers workers, LongConsumer progress) {
    boolean converts = tensor.converts();
    return new TensorConverter(
        tensor,
        converts ? quantizers.get(tensor.type()) : null,
        converts ? plan.importance().of(tensor.source()) : null,
        workers,
        progress);
  }

  private void checkSpace(Path file) throws IOException {
    long free = PendingFiles.usableSpace(file);
    if (free < plan.bytes()) {
      throw new QuantizeException(
          "%s has %d MiB free, and the result takes %d MiB; free some, or name another folder"
              .formatted(
                  Printable.escape(file.toAbsolutePath().getParent().toString()),
                  free >> 20,
                  plan.bytes() >> 20));
    }
  }
}
