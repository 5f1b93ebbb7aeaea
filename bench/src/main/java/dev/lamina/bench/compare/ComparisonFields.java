package dev.lamina.bench.compare;

import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.Statistics;
import dev.lamina.bench.batched.BatchedRun;
import dev.lamina.bench.report.BenchReport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the JSON of a comparison has. */
final class ComparisonFields {
  private ComparisonFields() {}

  static Map<String, Object> of(Comparison comparison, BenchReport report) {
    Map<String, Object> fields = new LinkedHashMap<>();
    addHost(fields, report, comparison.build(), comparison.where());
    addModel(fields, comparison.model());
    addRun(fields, comparison.run(), comparison.where());
    addTest(fields, comparison.run().test());
    addSpeeds(fields, "lamina", comparison.ours());
    addSpeeds(fields, "llama_cpp", comparison.theirs());
    fields.put("ratio_of_medians", comparison.ratio());
    fields.put("median_pair_ratio", Statistics.median(comparison.pairRatios()));
    fields.put("pair_ratios", comparison.pairRatios());
    return fields;
  }

  static Map<String, Object> of(BatchedComparison comparison, BenchReport report) {
    Map<String, Object> fields = new LinkedHashMap<>();
    addHost(fields, report, comparison.build(), comparison.where());
    addModel(fields, comparison.model());
    addRun(fields, comparison.run().run(), comparison.where());
    addStreams(fields, comparison.run());
    addSpeeds(fields, "pp", comparison.prompts());
    addSpeeds(fields, "tg", comparison.generation());
    return fields;
  }

  private static void addHost(
      Map<String, Object> fields, BenchReport report, String build, BenchPlace where) {
    fields.put("lamina_build", report.host().version());
    fields.put("llama_cpp_build", build);
    fields.put("cpu_info", report.host().cpu());
    fields.put("gpu_info", where.gpus());
    fields.put("backends", where.backends());
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

  private static void addRun(Map<String, Object> fields, BenchRun run, BenchPlace where) {
    addSettings(fields, run.settings());
    fields.put("n_gpu_layers", where.gpuLayers());
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

  /** With llama-batched-bench's names. */
  private static void addStreams(Map<String, Object> fields, BatchedRun run) {
    fields.put("pp", run.nPrompt());
    fields.put("tg", run.nGen());
    fields.put("pl", run.streams());
    fields.put("n_kv", run.tokens());
  }

  private static void addSpeeds(
      Map<String, Object> fields, String phase, BatchedComparison.Speeds speeds) {
    addSpeeds(fields, "lamina_" + phase, speeds.ours());
    addSpeeds(fields, "llama_cpp_" + phase, speeds.theirs());
    fields.put(phase + "_ratio_of_medians", speeds.ratio());
  }
}
