package dev.lamina.cli;

import dev.lamina.gguf.MetadataArray;
import dev.lamina.gguf.Printable;
import dev.lamina.gguf.TensorEntry;
import dev.lamina.runtime.Sizes;
import java.util.List;
import java.util.stream.Collectors;

/** Output of {@code lamina inspect} for people. */
final class InspectText {
  private final Console console;

  InspectText(Console console) {
    this.console = console;
  }

  void print(InspectView view) {
    if (view.summary() != null) {
      summary(view);
    }
    if (view.keys() != null) {
      metadata(view);
    }
    if (view.tensors() != null) {
      tensors(view.tensors());
    }
  }

  private void summary(InspectView view) {
    ModelSummary summary = view.summary();
    field("file", view.metadata().source());
    if (view.pieces().size() > 1) {
      field(
          "cut into",
          view.pieces().stream()
              .map(piece -> piece.getFileName().toString())
              .collect(Collectors.joining(", ")));
    }
    field("name", summary.name());
    field("kind", summary.kind().description());
    field("architecture", summary.architecture());
    field("context", summary.contextLength() == null ? null : summary.contextLength() + " tokens");
    field("file type", summary.fileType());
    field("parameters", "%,d".formatted(summary.parameters()));
    field(
        "weights",
        "%s, %.2f bits per weight"
            .formatted(
                Sizes.of(summary.bytes()),
                ModelSummary.bitsPerWeight(summary.bytes(), summary.parameters())));
    for (ModelSummary.TypeShare share : summary.types()) {
      field(
          "",
          "%-7s %4d tensors %16s weights %10s"
              .formatted(
                  share.type(),
                  share.tensors(),
                  "%,d".formatted(share.parameters()),
                  Sizes.of(share.bytes())));
    }
    field("can be run", summary.problem() == null ? "yes" : "no: " + summary.problem());
    view.warnings().forEach(warning -> field("warning", warning));
    console.line("");
  }

  private void field(String name, String value) {
    if (value != null) {
      console.line("%-13s %s".formatted(name, Printable.escape(value)));
    }
  }

  private void metadata(InspectView view) {
    console.line("metadata (" + view.keys().size() + " keys)");
    int width = width(view.keys());
    for (String key : view.keys()) {
      console.line("  " + pad(key, width) + "  " + value(view, view.metadata().get(key)));
    }
    console.line("");
  }

  private static String value(InspectView view, Object value) {
    return switch (value) {
      case String text -> text(view, text);
      case MetadataArray array -> array(view, array);
      case Object other -> other.toString();
    };
  }

  private static String text(InspectView view, String text) {
    if (text.length() <= view.textLimit()) {
      return Printable.escape(text);
    }
    return "%s... (%,d characters)"
        .formatted(Printable.escape(text.substring(0, view.textLimit())), text.length());
  }

  private static String array(InspectView view, MetadataArray array) {
    List<?> values = array.values();
    String shown =
        values.stream()
            .limit(view.arrayLimit())
            .map(v ->
                v instanceof String s
                    ? '"' + text(view, s).replace("\"", "\\\"") + '"'
                    : value(view, v))
            .collect(Collectors.joining(", "));
    return values.size() <= view.arrayLimit()
        ? "[" + shown + "]"
        : "[%s, ...] (%,d elements)".formatted(shown, values.size());
  }

  private void tensors(List<TensorEntry> tensors) {
    console.line("tensors (" + tensors.size() + ")");
    int names = width(tensors.stream().map(TensorEntry::name).toList());
    int types = Math.max(7, width(tensors.stream().map(TensorEntry::typeName).toList()));
    int shapes = width(tensors.stream().map(InspectText::shape).toList());
    for (TensorEntry tensor : tensors) {
      console.line(
          "  %s  %s %s %10s %6.2f bits per weight"
              .formatted(
                  pad(tensor.name(), names),
                  pad(tensor.typeName(), types),
                  pad(shape(tensor), shapes),
                  Sizes.of(tensor.bytes()),
                  ModelSummary.bitsPerWeight(tensor.bytes(), tensor.elements())));
    }
  }

  private static String shape(TensorEntry tensor) {
    return tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(" x "));
  }

  private static int width(List<String> names) {
    return names.stream().mapToInt(name -> Printable.escape(name).length()).max().orElse(0);
  }

  private static String pad(String name, int width) {
    String safe = Printable.escape(name);
    return safe + " ".repeat(width - safe.length());
  }
}
