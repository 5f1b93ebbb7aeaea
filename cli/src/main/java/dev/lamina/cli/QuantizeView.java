package dev.lamina.cli;

import dev.lamina.kernels.TensorType;
import dev.lamina.quantize.PlannedTensor;
import dev.lamina.quantize.QuantizePlan;
import dev.lamina.runtime.Sizes;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows the plan and the result of a quantization. */
final class QuantizeView {
  private final Console console;
  private final QuantizePlan plan;

  QuantizeView(Console console, QuantizePlan plan) {
    this.console = console;
    this.plan = plan;
  }

  void printPlan() {
    TextTable table = new TextTable("lrlrlr");
    for (PlannedTensor tensor : plan.tensors()) {
      String shape =
          tensor.source().shape().stream().map(String::valueOf).collect(Collectors.joining(" x "));
      table.row(
          tensor.name(),
          shape,
          tensor.source().type(),
          Sizes.of(tensor.source().byteSize()),
          tensor.type(),
          Sizes.of(tensor.bytes()));
    }
    table.print(console);
    console.line("");
    printSizes();
  }

  /**
   * Prints the result.
   *
   * @param files the written files
   */
  void printResult(List<Path> files, double seconds) {
    files.forEach(file -> console.line(SafeText.oneLine(file.toString())));
    printSizes();
    console.line("time   %.1f s".formatted(seconds));
  }

  private void printSizes() {
    long elements = plan.elements();
    console.line(
        "size   %s to %s, %.2f to %.2f bits per weight"
            .formatted(
                Sizes.of(plan.sourceBytes()),
                Sizes.of(plan.bytes()),
                ModelSummary.bitsPerWeight(plan.sourceBytes(), elements),
                ModelSummary.bitsPerWeight(plan.bytes(), elements)));
    Map<TensorType, Long> types = new EnumMap<>(TensorType.class);
    plan.tensors().forEach(tensor -> types.merge(tensor.type(), 1L, Long::sum));
    console.line(
        "types  "
            + types.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", ")));
  }
}
