package dev.lamina.bench.report;

import dev.lamina.bench.BenchHost;
import dev.lamina.bench.BenchModel;
import dev.lamina.bench.BenchParameters;
import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchResult;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.ReportedParameter;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.placement.PlacementOptions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * llama-bench's fields in its order. Those that mean nothing here have the value that was given, or
 * that it prints for its defaults. One more tells kernels that were asked for.
 */
final class BenchFields {
  private BenchFields() {}

  /** Without those of a baseline, which the formats put last. */
  static List<Field> of(BenchRow row, BenchReport report) {
    BenchResult result = row.result();
    List<Field> fields = common(result.model(), result.run(), result.where(), report);
    addTest(fields, result.run().test());
    addTimes(fields, result);
    return fields;
  }

  /** Without the test and its times. */
  static List<Field> common(BenchModel model, BenchRun run, BenchPlace where, BenchReport report) {
    List<Field> fields = new ArrayList<>();
    addHost(fields, report.host(), where);
    addModel(fields, model);
    addSettings(fields, run.settings());
    addPlacement(fields, run, where);
    addRest(fields, run.settings(), report.parameters());
    return fields;
  }

  /** The fields of a baseline: none, or its type and the percentage. */
  static List<Field> baseline(BenchRow row, BenchReport report) {
    if (report.baseline().isEmpty()) {
      return List.of();
    }
    Double percent = row.percent().isPresent() ? row.percent().getAsDouble() : null;
    return List.of(
        Field.text("baseline", report.baseline().get()), Field.real("pct_of_baseline", percent));
  }

  private static void addHost(List<Field> fields, BenchHost host, BenchPlace where) {
    fields.add(Field.text("build_commit", host.version()));
    fields.add(Field.integer("build_number", BenchHost.BUILD_NUMBER));
    fields.add(Field.text("cpu_info", host.cpu()));
    fields.add(Field.text("gpu_info", where.gpus()));
    fields.add(Field.text("backends", where.backends()));
  }

  private static void addModel(List<Field> fields, BenchModel model) {
    fields.add(Field.text("model_filename", model.fileName()));
    fields.add(Field.text("model_type", model.type()));
    fields.add(Field.integer("model_size", model.bytes()));
    fields.add(Field.integer("model_n_params", model.parameters()));
  }

  private static void addSettings(List<Field> fields, BenchSettings settings) {
    fields.add(Field.integer("n_batch", settings.nBatch()));
    fields.add(Field.integer("n_ubatch", settings.nUbatch()));
    fields.add(Field.integer("n_threads", settings.threads()));
    fields.add(text(settings, ReportedParameter.CPU_MASK));
    fields.add(flag(settings, ReportedParameter.CPU_STRICT));
    fields.add(integer(settings, ReportedParameter.POLL));
    fields.add(Field.text("type_k", settings.keyType().name().toLowerCase(Locale.ROOT)));
    fields.add(Field.text("type_v", settings.valueType().name().toLowerCase(Locale.ROOT)));
  }

  private static void addPlacement(List<Field> fields, BenchRun run, BenchPlace where) {
    PlacementOptions placement = run.placement();
    BenchSettings settings = run.settings();
    fields.add(Field.integer("n_gpu_layers", where.gpuLayers()));
    fields.add(integer(settings, ReportedParameter.CPU_EXPERT_LAYERS));
    fields.add(text(settings, ReportedParameter.SPLIT_MODE));
    fields.add(Field.integer("main_gpu", Math.max(0, placement.mainGpu())));
    fields.add(Field.flag("no_kv_offload", placement.kvOnCpu()));
    fields.add(Field.integer("flash_attn", settings.flashAttention().number()));
    fields.add(text(settings, ReportedParameter.DEVICES));
    fields.add(Field.text("tensor_split", tensorSplit(placement)));
    fields.add(Field.text("tensor_buft_overrides", overrides(placement)));
  }

  private static void addRest(
      List<Field> fields, BenchSettings settings, BenchParameters parameters) {
    fields.add(text(settings, ReportedParameter.LOAD_MODE));
    fields.add(text(settings, ReportedParameter.LAZY_MODE));
    fields.add(flag(settings, ReportedParameter.EMBEDDINGS));
    fields.add(integer(settings, ReportedParameter.NO_OP_OFFLOAD));
    fields.add(flag(settings, ReportedParameter.NO_HOST));
    fields.add(Field.flag("repack", settings.repack()));
    // llama-bench does not have this one.
    if (!parameters.kernels().equals(List.of(CpuKernels.AUTO))) {
      fields.add(Field.text("cpu_kernels", settings.kernels().label()));
    }
    fields.add(integer(settings, ReportedParameter.FIT_TARGET));
    fields.add(integer(settings, ReportedParameter.FIT_CONTEXT));
  }

  private static Field text(BenchSettings settings, ReportedParameter parameter) {
    return Field.text(parameter.field(), settings.reported(parameter));
  }

  private static Field integer(BenchSettings settings, ReportedParameter parameter) {
    return Field.integer(parameter.field(), Long.parseLong(settings.reported(parameter)));
  }

  private static Field flag(BenchSettings settings, ReportedParameter parameter) {
    return Field.flag(parameter.field(), settings.reported(parameter).equals("1"));
  }

  private static void addTest(List<Field> fields, BenchTest test) {
    fields.add(Field.integer("n_prompt", test.nPrompt()));
    fields.add(Field.integer("n_gen", test.nGen()));
    fields.add(Field.integer("n_depth", test.nDepth()));
  }

  private static void addTimes(List<Field> fields, BenchResult result) {
    fields.add(time(result.time()));
    fields.add(Field.integer("avg_ns", Math.round(result.meanNanos())));
    fields.add(Field.integer("stddev_ns", Math.round(result.deviationNanos())));
    fields.add(Field.real("avg_ts", result.meanSpeed()));
    fields.add(Field.real("stddev_ts", result.deviationSpeed()));
  }

  /** When a test began. */
  static Field time(Instant time) {
    return Field.text("test_time", time.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private static String tensorSplit(PlacementOptions placement) {
    return placement.tensorSplit().isEmpty()
        ? "0.00"
        : placement.tensorSplit().stream()
            .map(part -> String.format(Locale.ROOT, "%.2f", part))
            .collect(Collectors.joining("/"));
  }

  private static String overrides(PlacementOptions placement) {
    return placement.overrides().isEmpty()
        ? "none"
        : placement.overrides().stream()
            .map(override -> override.tensors() + "=" + override.device())
            .collect(Collectors.joining(";"));
  }
}
