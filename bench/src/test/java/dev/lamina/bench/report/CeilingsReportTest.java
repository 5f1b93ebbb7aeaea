package dev.lamina.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.cpu.Ceilings;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CeilingsReportTest {
  private static final CeilingsReport REPORT =
      new CeilingsReport(
          List.of(new Ceilings(1, 12.34e9, 110e9, 55.5e9), new Ceilings(16, 2e11, 1.7e12, 8e11)));

  @Test
  void markdown() {
    String expected =
        """
        | threads | memory read, GB/s | int16, GMAC/s | fp32, GMAC/s |
        | ------: | ----------------: | ------------: | -----------: |
        |       1 |              12.3 |         110.0 |         55.5 |
        |      16 |             200.0 |        1700.0 |        800.0 |
        """;
    assertEquals(expected, REPORT.text(BenchFormat.MD));
  }

  @Test
  void json() throws IOException {
    JsonNode rows = new ObjectMapper().readTree(REPORT.text(BenchFormat.JSON));
    assertEquals(2, rows.size());
    assertEquals(1, rows.get(0).get("n_threads").asInt());
    assertEquals(12.34, rows.get(0).get("read_gb_s").asDouble());
    assertEquals(110, rows.get(0).get("int16_gmac_s").asDouble());
    assertEquals(800, rows.get(1).get("fp32_gmac_s").asDouble());
  }

  @Test
  void jsonLines() throws IOException {
    List<String> lines = REPORT.text(BenchFormat.JSONL).lines().toList();
    assertEquals(2, lines.size());
    assertEquals(16, new ObjectMapper().readTree(lines.get(1)).get("n_threads").asInt());
  }

  @Test
  void csv() {
    String expected =
        """
        n_threads,read_gb_s,int16_gmac_s,fp32_gmac_s
        "1","12.340000","110.000000","55.500000"
        "16","200.000000","1700.000000","800.000000"
        """;
    assertEquals(expected, REPORT.text(BenchFormat.CSV));
  }

  @Test
  void sql() {
    String expected =
        """
        CREATE TABLE IF NOT EXISTS lamina_ceilings (
          n_threads INTEGER,
          read_gb_s REAL,
          int16_gmac_s REAL,
          fp32_gmac_s REAL
        );

        INSERT INTO lamina_ceilings (n_threads, read_gb_s, int16_gmac_s, fp32_gmac_s) VALUES ('1', '12.340000', '110.000000', '55.500000');
        INSERT INTO lamina_ceilings (n_threads, read_gb_s, int16_gmac_s, fp32_gmac_s) VALUES ('16', '200.000000', '1700.000000', '800.000000');
        """;
    assertEquals(expected, REPORT.text(BenchFormat.SQL));
  }
}
