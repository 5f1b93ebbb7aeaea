package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.check.Doctor;
import dev.lamina.kernels.TensorType;
import dev.lamina.runtime.Backends;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {
  /** Completions of the embedded model by llama.cpp. */
  private static final String REFERENCE =
      "../engine-core/src/test/resources/dev/lamina/engine/demo-completions.json";

  @TempDir private Path folder;

  @Test
  @Tag("quality")
  void findsTheCpuWell() {
    Cli.Outcome cli = Cli.run("doctor", "--device", "cpu");
    assertEquals(0, cli.code(), cli.out());
    assertTrue(cli.out().matches("(?s).*\nAll [0-9]+ checks passed.\n\n"), cli.out());
    List<CpuKernels> kernels = Backends.kernels("cpu");
    for (CpuKernels kind : kernels) {
      String title = "\n%s: %s\n".formatted(kind.label(), kind.title());
      assertTrue(cli.out().contains(title) || kernels.size() == 1, cli.out());
    }
    assertEquals(kernels.size(), count(cli.out(), "Q4_K +exact .*"), cli.out());
    assertEquals(1, count(cli.out(), "F16 +exact .*"), cli.out());
    assertEquals(10, count(cli.out(), "(rms norm|rope|add|gated silu) .*"), cli.out());
    for (TensorType keys : Doctor.cacheTypes()) {
      for (TensorType values : Doctor.cacheTypes()) {
        assertEquals(
            kernels.size(), attention(cli, keys + "/" + values, "6/2 heads of 96"), cli.out());
      }
    }
    for (TensorType type : RuntimeConfig.cacheTypes()) {
      assertEquals(kernels.size(), attention(cli, type + "/" + type, "2/2 heads of 64"), cli.out());
    }
  }

  private static long attention(Cli.Outcome cli, String cache, String heads) {
    return count(cli.out(), "attention +" + cache + " cache, " + heads + " .*");
  }

  private static long count(String lines, String pattern) {
    return lines.lines().filter(line -> line.matches(pattern)).count();
  }

  @Test
  void comparesAModelWithItsReference() {
    Cli.Outcome cli = Cli.run("doctor", "--device", "cpu:0", "--reference", REFERENCE);
    assertEquals(0, cli.code(), cli.out());
    assertTrue(cli.out().startsWith("ok      cpu:0  "), cli.out());
  }

  @Test
  void failsOnAnotherModelsReference() throws Exception {
    String other = Files.readString(Path.of(REFERENCE)).replace("-1.", "-2.");
    Path file = Files.writeString(folder.resolve("other.json"), other);
    Cli.Outcome cli = Cli.run("doctor", "--device", "cpu:0", "--reference", file.toString());
    assertEquals(ExitCodes.ERROR, cli.code());
    assertTrue(cli.out().startsWith("FAILED  cpu:0  "), cli.out());
    assertTrue(cli.err().endsWith("error: 1 check failed\n"), cli.err());
  }

  @ParameterizedTest
  @CsvSource({
    "cpu:7, '--device: there is no device cpu:7; all processors are cpu:0', 2",
    "tpu, 'there is no backend ''tpu''; there are ', 1",
  })
  void namesWhatThereIs(String device, String message, int code) {
    Cli.Outcome cli = Cli.run("doctor", "--device", device);
    assertEquals(code, cli.code());
    assertTrue(cli.err().startsWith("error: " + message), cli.err());
  }

  @Test
  void refusesAReferenceThatIsNone() throws Exception {
    Path file = Files.writeString(folder.resolve("empty.json"), "{}");
    Cli.Outcome cli = Cli.run("doctor", "--device", "cpu", "--reference", file.toString());
    assertEquals(ExitCodes.USAGE, cli.code());
    assertTrue(cli.err().contains("it is no list of completions"), cli.err());
  }
}
