package dev.lamina.bench.report;

import dev.lamina.bench.batched.BatchedResult;
import dev.lamina.bench.batched.BatchedTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Writes results of streams in one format to one place, with llama-batched-bench's columns and
 * fields. Times are means, and speeds are those of the means.
 */
public final class BatchedWriter {
  private static final String SQL_TABLE = "lamina_batched_bench";

  private final BenchFormat format;
  private final BenchReport report;
  private final Consumer<String> sink;
  private boolean first = true;

  /**
   * @param sink takes pieces of text as soon as there is a row
   */
  public BatchedWriter(BenchFormat format, BenchReport report, Consumer<String> sink) {
    this.format = format;
    this.report = report;
    this.sink = sink;
  }

  public void add(BatchedResult result) {
    sink.accept(
        switch (format) {
          case MD -> markdown(result);
          case CSV -> CsvPrinter.line(fields(result), first);
          case SQL -> SqlPrinter.insert(SQL_TABLE, fields(result), first);
          case JSON -> JsonPrinter.object(members(result), first);
          case JSONL -> JsonLinesPrinter.line(members(result));
        });
    first = false;
  }

  /** Ends the report. */
  public void finish() {
    switch (format) {
      case MD -> sink.accept(MarkdownPrinter.end(report.host()));
      case JSON -> sink.accept(JsonPrinter.END);
      case CSV, JSONL, SQL -> {}
    }
  }

  private String markdown(BatchedResult result) {
    MarkdownTable<BatchedResult> table =
        new MarkdownTable<BatchedResult>()
            .text("model", 30, r -> r.model().type())
            .run(
                report.parameters(),
                result.where().hasGpu(),
                r -> r.run().run(),
                BatchedResult::where)
            .number("PP", 5, r -> r.run().nPrompt())
            .number("TG", 6, r -> r.run().nGen())
            .number("B", 4, r -> r.run().streams())
            .number("N_KV", 6, r -> r.run().tokens())
            .number("T_PP s", 8, r -> format("%.3f", r.mean().prompts()))
            .number("S_PP t/s", 8, r -> format("%.2f", r.mean().promptSpeed(r.run())))
            .number("T_TG s", 8, r -> format("%.3f", r.mean().generation()))
            .number("S_TG t/s", 8, r -> format("%.2f", r.mean().generationSpeed(r.run())))
            .number("T s", 8, r -> format("%.3f", r.mean().total()))
            .number("S t/s", 8, r -> format("%.2f", r.mean().speed(r.run())));
    return (first ? table.header() : "") + table.row(result);
  }

  private static String format(String digits, double value) {
    return String.format(Locale.ROOT, digits, value);
  }

  /** The fields of a usual report but for the test, and then llama-batched-bench's. */
  private List<Field> fields(BatchedResult result) {
    BatchedTimes mean = result.mean();
    List<Field> fields =
        BenchFields.common(result.model(), result.run().run(), result.where(), report);
    fields.add(Field.integer("pp", result.run().nPrompt()));
    fields.add(Field.integer("tg", result.run().nGen()));
    fields.add(Field.integer("pl", result.run().streams()));
    fields.add(Field.integer("n_kv", result.run().tokens()));
    fields.add(BenchFields.time(result.time()));
    fields.add(Field.real("t_pp", mean.prompts()));
    fields.add(Field.real("speed_pp", mean.promptSpeed(result.run())));
    fields.add(Field.real("t_tg", mean.generation()));
    fields.add(Field.real("speed_tg", mean.generationSpeed(result.run())));
    fields.add(Field.real("t", mean.total()));
    fields.add(Field.real("speed", mean.speed(result.run())));
    return fields;
  }

  /** The fields, and the single times, which other formats do not have. */
  private List<String> members(BatchedResult result) {
    List<String> members = new ArrayList<>();
    fields(result).forEach(field -> members.add(JsonPrinter.member(field)));
    members.add(samples("samples_t_pp", result, BatchedTimes::prompts));
    members.add(samples("samples_t_tg", result, BatchedTimes::generation));
    return members;
  }

  private static String samples(
      String name, BatchedResult result, ToDoubleFunction<BatchedTimes> time) {
    return result.times().stream()
        .map(times -> Field.sixDigits(time.applyAsDouble(times)))
        .collect(Collectors.joining(", ", "\"" + name + "\": [ ", " ]"));
  }
}
