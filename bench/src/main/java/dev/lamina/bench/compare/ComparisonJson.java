package dev.lamina.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.lamina.bench.report.BenchReport;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An array with an object for each comparison.
 *
 * @param <T> their kind
 */
public final class ComparisonJson<T> implements ComparisonWriter<T> {
  private final Function<T, Map<String, Object>> fields;
  private final Consumer<String> sink;
  private final ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private boolean first = true;

  private ComparisonJson(Function<T, Map<String, Object>> fields, Consumer<String> sink) {
    this.fields = fields;
    this.sink = sink;
  }

  /**
   * For tests.
   *
   * @param sink takes each object as it comes
   */
  public static ComparisonWriter<Comparison> ofTests(BenchReport report, Consumer<String> sink) {
    return new ComparisonJson<>(comparison -> ComparisonFields.of(comparison, report), sink);
  }

  /**
   * For streams.
   *
   * @param sink takes each object as it comes
   */
  public static ComparisonWriter<BatchedComparison> ofStreams(
      BenchReport report, Consumer<String> sink) {
    return new ComparisonJson<>(comparison -> ComparisonFields.of(comparison, report), sink);
  }

  @Override
  public void add(T comparison) {
    try {
      String object = mapper.writeValueAsString(fields.apply(comparison));
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
}
