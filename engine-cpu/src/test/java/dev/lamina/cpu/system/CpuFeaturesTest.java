package dev.lamina.cpu.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cpu.system.CpuFeatures.Feature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CpuFeaturesTest {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");
  private static final Map<Feature, List<String>> NAMES =
      Map.of(
          Feature.AVX2, List.of("avx2", "fma", "f16c"),
          Feature.AVX_VNNI, List.of("avx2", "fma", "f16c", "avx_vnni"),
          Feature.AVX512, List.of("avx512f", "avx512bw", "avx512dq", "avx512vl"),
          Feature.AVX512_VNNI, List.of("avx512f", "avx512_vnni"),
          Feature.AVX512_VBMI, List.of("avx512f", "avx512vbmi"),
          Feature.AMX_INT8, List.of("amx_tile", "amx_int8"));

  @Test
  void agreesWithTheSystem() throws IOException {
    assumeTrue(Platform.current().x64(), "not x86-64 with Linux or Windows");
    assumeTrue(Files.isReadable(CPUINFO), "no " + CPUINFO);
    CpuFeatures features = CpuFeatures.detect(Platform.current());
    Set<String> flags = Set.of(value("flags").split(" "));
    for (Feature feature : Feature.values()) {
      assertEquals(flags.containsAll(NAMES.get(feature)), features.has(feature), feature.name());
    }
    assertEquals(value("model name"), features.name());
  }

  private static String value(String key) throws IOException {
    return Files.readAllLines(CPUINFO).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void otherProcessorsHaveNone() {
    for (Platform other :
        List.of(Platform.of("Linux", "aarch64"), Platform.of("Mac OS X", "x86_64"))) {
      assertEquals(new CpuFeatures(Set.of(), ""), CpuFeatures.detect(other));
    }
    assertTrue(Platform.of("Windows 11", "amd64").x64());
    assertTrue(Platform.of("Windows 11", "amd64").windows());
    assertFalse(Platform.of("Linux", "amd64").windows());
  }

  @Test
  void systemMustSaveTheRegisters() {
    int[] answers = new int[33];
    java.util.Arrays.fill(answers, -1);
    answers[0] = 7; // the last leaf; a processor that knows everything
    answers[8] = 1; // its last subleaf
    assertTrue(CpuFeatures.decode(answers).has(Feature.values()));
    answers[32] = ~(0b11 << 17);
    assertEquals(
        EnumSet.complementOf(EnumSet.of(Feature.AMX_INT8)), CpuFeatures.decode(answers).all());
    answers[32] = 0b111;
    assertEquals(Set.of(Feature.AVX2, Feature.AVX_VNNI), CpuFeatures.decode(answers).all());
    answers[32] = 0b011;
    assertEquals(Set.of(), CpuFeatures.decode(answers).all());
    answers[32] = -1;
    answers[0] = 6;
    assertEquals(Set.of(), CpuFeatures.decode(answers).all());
  }
}
