package dev.lamina.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.lamina.cpu.Ceilings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What the CPU can do at most, to hold results against. */
public final class CeilingsReport {
  private final List<Ceilings> ceilings;

  CeilingsReport(List<Ceilings> ceilings) {
    this.ceilings = List.copyOf(ceilings);
  }

  /**
   * Measures this machine with 1 to {@code maxThreads} threads; about a second for each number.
   *
   * @throws IllegalArgumentException if there are less than 1
   * @throws OutOfMemoryError if the gigabyte that is read cannot be had
   */
  public static CeilingsReport measure(int maxThreads) {
    return new CeilingsReport(Ceilings.measure(maxThreads));
  }

  /** As a table; GB and GMAC are 10^9 bytes and multiplications with an addition. */
  public String markdown() {
    String head =
        """
        | threads | memory read, GB/s | int16, GMAC/s | fp32, GMAC/s |
        | ------: | ----------------: | ------------: | -----------: |
        """;
    return ceilings.stream()
        .map(row ->
            String.format(
                Locale.ROOT,
                "| %7d | %17.1f | %13.1f | %12.1f |\n",
                row.threads(),
                row.readBytesPerSecond() / 1e9,
                row.int16MacsPerSecond() / 1e9,
                row.floatMacsPerSecond() / 1e9))
        .collect(Collectors.joining("", head, ""));
  }

  /** As an array with an object for each number of threads; units as in the table. */
  public String json() {
    try {
      return new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(ceilings.stream().map(CeilingsReport::fields).toList())
          + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> fields(Ceilings row) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("n_threads", row.threads());
    fields.put("read_gb_s", rounded(row.readBytesPerSecond()));
    fields.put("int16_gmac_s", rounded(row.int16MacsPerSecond()));
    fields.put("fp32_gmac_s", rounded(row.floatMacsPerSecond()));
    return fields;
  }

  private static double rounded(double perSecond) {
    return Math.round(perSecond / 1e7) / 100.0;
  }
}
