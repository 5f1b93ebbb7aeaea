package dev.lamina.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.Statistics;
import dev.lamina.bench.report.BenchReport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** An array with an object for each test. */
public final class ComparisonJson implements ComparisonWriter {
  private final BenchReport report;
  private final Consumer<String> sink;
  private final ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private boolean first = true;

  /**
   * @param sink takes each object as it comes
   */
  public ComparisonJson(BenchReport report, Consumer<String> sink) {
    this.report = report;
    this.sink = sink;
  }

  @Override
  public void add(Comparison comparison) {
    try {
      String object = mapper.writeValueAsString(fields(comparison));
      sink.accept((first ? "[\n" : ",\n") + object.indent(2).stripTrailing());
      first = false;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void finish() {
    sink.accept("\n]\n");
  }

  private Map<String, Object> fields(Comparison comparison) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("lamina_build", report.host().version());
    fields.put("llama_cpp_build", comparison.build());
    fields.put("cpu_info", report.host().cpu());
    fields.put("gpu_info", comparison.where().gpus());
    fields.put("backends", comparison.where().backends());
    addModel(fields, comparison.model());
    addSettings(fields, comparison.run().settings());
    fields.put("n_gpu_layers", comparison.where().gpuLayers());
    addTest(fields, comparison.run().test());
    addSpeeds(fields, "lamina", comparison.ours());
    addSpeeds(fields, "llama_cpp", comparison.theirs());
    fields.put("ratio_of_medians", comparison.ratio());
    fields.put("median_pair_ratio", Statistics.median(comparison.pairRatios()));
    fields.put("pair_ratios", comparison.pairRatios());
    return fields;
  }

  private static void addModel(Map<String, Object> fields, BenchModel model) {
    fields.put("model_filename", model.fileName());
    fields.put("model_type", model.type());
    fields.put("model_size", model.bytes());
    fields.put("model_n_params", model.parameters());
  }

  private static void addSettings(Map<String, Object> fields, BenchSettings settings) {
    fields.put("n_batch", settings.nBatch());
    fields.put("n_ubatch", settings.nUbatch());
    fields.put("n_threads", settings.threads());
    fields.put("type_k", settings.keyType().name().toLowerCase(Locale.ROOT));
    fields.put("type_v", settings.valueType().name().toLowerCase(Locale.ROOT));
    fields.put("flash_attn", settings.flashAttention().number());
    fields.put("repack", settings.repack());
    fields.put("cpu_kernels", settings.kernels().label());
  }

  private static void addTest(Map<String, Object> fields, BenchTest test) {
    fields.put("test", test.name());
    fields.put("n_prompt", test.nPrompt());
    fields.put("n_gen", test.nGen());
    fields.put("n_depth", test.nDepth());
  }

  private static void addSpeeds(Map<String, Object> fields, String who, List<Double> speeds) {
    fields.put(who + "_median_ts", Statistics.median(speeds));
    fields.put(who + "_min_ts", Collections.min(speeds));
    fields.put(who + "_max_ts", Collections.max(speeds));
    fields.put(who + "_samples_ts", speeds);
  }
}
