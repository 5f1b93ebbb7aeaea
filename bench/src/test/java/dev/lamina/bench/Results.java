package dev.lamina.bench;

import dev.lamina.engine.placement.PlacementOptions;
import java.time.Instant;
import java.util.List;

/** Results that tests make up. */
public final class Results {
  public static final BenchHost HOST = new BenchHost("0.1", "Some \"CPU\"");

  private Results() {}

  public static BenchModel model(String fileType, String fileTypeName) {
    return new BenchModel(
        "/m/x's.gguf", "qwen2 3B", fileType, fileTypeName, 1_924_350_000L, 3_085_938_688L);
  }

  public static BenchRun run(BenchTest test, BenchSettings settings) {
    return new BenchRun(PlacementOptions.layers(PlacementOptions.AUTO), settings, test);
  }

  /** On the CPU with llama-bench's settings and 2 threads. */
  public static BenchResult result(BenchModel model, BenchTest test, Long... nanos) {
    return result(model, run(test, BenchSettings.of(2)), nanos);
  }

  public static BenchResult result(BenchModel model, BenchRun run, Long... nanos) {
    return new BenchResult(
        model,
        run,
        new BenchPlace("CPU", "", 0),
        Instant.parse("2025-01-02T03:04:05.678Z"),
        List.of(nanos));
  }

  public static BenchResult result(BenchTest test, Long... nanos) {
    return result(model("Q4_K_M", "Q4_K - Medium"), test, nanos);
  }
}
