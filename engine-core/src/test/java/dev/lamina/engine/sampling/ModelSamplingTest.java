package dev.lamina.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.gguf.Metadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sampling options that a file recommends. */
class ModelSamplingTest {
  private final List<String> warnings = new ArrayList<>();

  private SamplingOptions read(Map<String, Object> values) {
    Map<String, Object> keys = new LinkedHashMap<>();
    values.forEach((key, value) -> keys.put("general.sampling." + key, value));
    return ModelSampling.of(
        new Metadata("m.gguf", keys), SamplingOptions.defaults(), warnings::add);
  }

  @Test
  void takesAllKeys() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("sequence", "top_k;temp");
    values.put("top_k", 7);
    values.put("top_p", 0.5f);
    values.put("min_p", 0.25);
    values.put("temp", "0.125");
    values.put("xtc_probability", 0.5f);
    values.put("xtc_threshold", 0.25f);
    values.put("penalty_last_n", -1);
    values.put("penalty_repeat", 1.5f);
    values.put("mirostat", 2L);
    values.put("mirostat_tau", 3);
    values.put("mirostat_eta", 0.5f);
    SamplingOptions expected =
        SamplingOptions.defaults()
            .withSamplers(List.of(SamplerType.TOP_K, SamplerType.TEMPERATURE))
            .withTemperature(0.125f)
            .with(new SamplingOptions.Filters(7, 0.5f, 0.25f, 1, -1))
            .with(new SamplingOptions.Penalties(1.5f, 0, 0, -1))
            .with(new SamplingOptions.Xtc(0.5f, 0.25f))
            .with(new SamplingOptions.Mirostat(2, 3, 0.5f));
    assertEquals(expected, read(values));
    assertEquals(List.of(), warnings);
  }

  @Test
  void leavesTheRest() {
    assertEquals(SamplingOptions.defaults(), read(Map.of()));
    assertEquals(
        SamplingOptions.defaults().withTemperature(0.5f), read(Map.of("temp", 0.5, "new", 1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "top_k",
        "top_p",
        "min_p",
        "temp",
        "xtc_probability",
        "xtc_threshold",
        "penalty_last_n",
        "penalty_repeat",
        "mirostat",
        "mirostat_tau",
        "mirostat_eta"
      })
  void ignoresWhatIsNoNumber(String key) {
    for (Object value : new Object[] {"much", true, Float.NaN, Double.POSITIVE_INFINITY}) {
      warnings.clear();
      assertEquals(SamplingOptions.defaults(), read(Map.of(key, value)), key + " " + value);
      assertEquals(1, warnings.size());
      assertTrue(warnings.getFirst().contains("general.sampling." + key), warnings.getFirst());
    }
  }

  @Test
  void ignoresWhatIsOutOfRange() {
    for (Map<String, Object> values :
        List.<Map<String, Object>>of(
            Map.of("penalty_repeat", 0f), Map.of("mirostat", 3), Map.of("penalty_last_n", -2))) {
      warnings.clear();
      assertEquals(SamplingOptions.defaults(), read(values));
      assertEquals(1, warnings.size());
    }
    assertEquals(1, read(Map.of("top_p", 3f)).filters().topP());
    assertEquals(0, read(Map.of("min_p", -1f)).filters().minP());
  }
}
