package dev.lamina.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.gguf.MetadataArray;
import dev.lamina.gguf.TensorEntry;
import java.util.List;

/** Output of {@code lamina inspect --json}. */
final class InspectJson {
  private InspectJson() {}

  static ObjectNode of(InspectView view) {
    ObjectNode result = Json.object();
    result.put("file", view.metadata().source());
    if (view.summary() != null) {
      summary(result, view.summary());
    }
    if (view.keys() != null) {
      ObjectNode metadata = result.putObject("metadata");
      view.keys().forEach(key -> metadata.set(key, value(view, view.metadata().get(key))));
    }
    if (view.tensors() != null) {
      ArrayNode list = result.putArray("tensors");
      view.tensors().forEach(tensor -> tensor(list.addObject(), tensor));
    }
    ArrayNode warnings = result.putArray("warnings");
    view.warnings().forEach(warnings::add);
    return result;
  }

  private static void summary(ObjectNode result, ModelSummary summary) {
    result.put("kind", summary.kind().description());
    result.put("architecture", summary.architecture());
    result.put("name", summary.name());
    result.put("context_length", summary.contextLength());
    result.put("file_type", summary.fileType());
    result.put("parameters", summary.parameters());
    result.put("bytes", summary.bytes());
    result.put(
        "bits_per_weight", ModelSummary.bitsPerWeight(summary.bytes(), summary.parameters()));
    result.put("supported", summary.problem() == null);
    result.put("problem", summary.problem());
    ArrayNode types = result.putArray("types");
    for (ModelSummary.TypeShare share : summary.types()) {
      types
          .addObject()
          .put("type", share.type())
          .put("tensors", share.tensors())
          .put("parameters", share.parameters())
          .put("bytes", share.bytes());
    }
  }

  private static JsonNode value(InspectView view, Object value) {
    if (!(value instanceof MetadataArray array)) {
      return Json.value(value);
    }
    List<?> values = array.values();
    ArrayNode list = Json.object().arrayNode();
    values.stream().limit(view.arrayLimit()).forEach(v -> list.add(value(view, v)));
    if (values.size() <= view.arrayLimit()) {
      return list;
    }
    // A truncated array must not look like a short array.
    ObjectNode cut = Json.object();
    cut.put("count", values.size());
    cut.set("first", list);
    return cut;
  }

  private static void tensor(ObjectNode node, TensorEntry tensor) {
    node.put("name", tensor.name());
    node.put("type", tensor.typeName());
    ArrayNode shape = node.putArray("shape");
    tensor.shape().forEach(shape::add);
    node.put("bytes", tensor.bytes());
    node.put("bits_per_weight", ModelSummary.bitsPerWeight(tensor.bytes(), tensor.elements()));
    if (tensor.problem() != null) {
      node.put("problem", tensor.problem());
    }
  }
}
