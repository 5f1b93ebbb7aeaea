package dev.lamina.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Prints results as llama-bench does, one after the other as they come: the same columns and field
 * names, so that its users' scripts read them. Fields that mean nothing here are left out.
 */
public enum BenchFormat {
  MD {
    @Override
    public String row(BenchResult result, BenchHost host, boolean first) {
      MarkdownTable table = new MarkdownTable(result.settings(), !result.backend().equals("CPU"));
      return (first ? table.header() : "") + table.row(result);
    }

    @Override
    public String end(BenchHost host) {
      return "\nbuild: " + host.version() + "\n";
    }
  },
  JSON {
    @Override
    public String row(BenchResult result, BenchHost host, boolean first) {
      Map<String, Object> fields = fields(result, host);
      fields.put("samples_ns", result.nanos());
      fields.put("samples_ts", result.speeds());
      try {
        String object =
            new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(fields);
        return (first ? "[\n" : ",\n") + object.indent(2).stripTrailing();
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public String end(BenchHost host) {
      return "\n]\n";
    }
  },
  CSV {
    @Override
    public String row(BenchResult result, BenchHost host, boolean first) {
      Map<String, Object> fields = fields(result, host);
      String header = first ? String.join(",", fields.keySet()) + "\n" : "";
      return fields.values().stream()
          .map(value -> '"' + value.toString().replace("\"", "\"\"") + '"')
          .collect(Collectors.joining(",", header, "\n"));
    }

    @Override
    public String end(BenchHost host) {
      return "";
    }
  };

  /**
   * One result; results of one report have the same settings.
   *
   * @param first whether it begins the report
   */
  public abstract String row(BenchResult result, BenchHost host, boolean first);

  /** What ends a report of at least one result. */
  public abstract String end(BenchHost host);

  private static Map<String, Object> fields(BenchResult result, BenchHost host) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("build_commit", host.version());
    fields.put("cpu_info", host.cpu());
    fields.put("backends", result.backend());
    fields.put("model_filename", result.model().fileName());
    fields.put("model_type", result.model().type());
    fields.put("model_size", result.model().bytes());
    fields.put("model_n_params", result.model().parameters());
    fields.put("n_batch", result.settings().nBatch());
    fields.put("n_ubatch", result.settings().nUbatch());
    fields.put("n_threads", result.settings().threads());
    fields.put("type_k", "f16");
    fields.put("type_v", "f16");
    fields.put("n_gpu_layers", result.gpuLayers());
    fields.put("n_prompt", result.test().nPrompt());
    fields.put("n_gen", result.test().nGen());
    fields.put("n_depth", 0);
    fields.put("test_time", result.time().truncatedTo(ChronoUnit.SECONDS).toString());
    fields.put("avg_ns", Math.round(result.meanNanos()));
    fields.put("stddev_ns", Math.round(result.deviationNanos()));
    fields.put("avg_ts", rounded(result.meanSpeed()));
    fields.put("stddev_ts", rounded(result.deviationSpeed()));
    return fields;
  }

  private static double rounded(double value) {
    return Math.round(value * 1e6) / 1e6;
  }
}
