package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {
  /** Completions of the embedded model by llama.cpp. */
  private static final String REFERENCE =
      "../engine-cpu/src/test/resources/dev/lamina/cpu/demo-completions.json";

  @TempDir private Path folder;

  @Test
  void findsTheCpuWell() {
    Cli.Outcome cli = Cli.run("doctor", "--device", "cpu");
    assertEquals(0, cli.code(), cli.out());
    assertTrue(cli.out().endsWith("All 182 checks passed.\n\n"), cli.out());
    assertTrue(cli.out().lines().anyMatch(line -> line.matches("Q4_K +exact .*")), cli.out());
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
    "cpu:7, there is no device cpu:7; there are cpu:0",
    "tpu, 'there is no backend ''tpu''; there are '",
  })
  void namesWhatThereIs(String device, String message) {
    Cli.Outcome cli = Cli.run("doctor", "--device", device);
    assertEquals(ExitCodes.ERROR, cli.code());
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
