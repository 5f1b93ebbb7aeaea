package dev.lamina.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cpu.system.CpuFeatures;
import dev.lamina.cpu.system.CpuFeatures.Feature;
import dev.lamina.cpu.system.NativeMemory;
import dev.lamina.cpu.system.Platform;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.CpuKernels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The kernels in use if the processor or the system lacks what the requested ones need. */
class RefusalTest {
  private static final Platform LINUX = Platform.of("Linux", "amd64");
  private static final List<CpuKernels> TIERS =
      List.of(CpuKernels.AVX512, CpuKernels.AVXVNNI, CpuKernels.AVX2);

  private static MachineKernels of(CpuKernels wanted, Feature... features) {
    return MachineKernels.of(wanted, LINUX, () -> new CpuFeatures(Set.of(features), "a processor"));
  }

  @Test
  void autoIsTheBestThatTheProcessorHas() {
    assumeTrue(Platform.current().x64(), "not x86-64 with Linux or Windows");
    assertEquals(
        CpuKernels.AVX512,
        of(CpuKernels.AUTO, Feature.AVX2, Feature.AVX512, Feature.AVX512_VNNI).kind());
    assertEquals(CpuKernels.AVXVNNI, of(CpuKernels.AUTO, Feature.AVX2, Feature.AVX_VNNI).kind());
    assertEquals(CpuKernels.AVX2, of(CpuKernels.AUTO, Feature.AVX2, Feature.AVX512).kind());
    assertNull(of(CpuKernels.AUTO));
    assertNull(of(CpuKernels.VECTOR, Feature.values()));
    TIERS.forEach(tier -> assertEquals(tier, of(tier, Feature.values()).kind()));
  }

  @Test
  void namedTierMustBeThere() {
    BackendException e =
        assertThrows(BackendException.class, () -> of(CpuKernels.AVX512, Feature.AVX2));
    assertEquals("this processor cannot run avx512 kernels, only avx2, vector", e.getMessage());
    e = assertThrows(BackendException.class, () -> of(CpuKernels.AVX2));
    assertEquals("this processor cannot run avx2 kernels, only vector", e.getMessage());
  }

  /** Runs in a process that Linux refuses executable memory. */
  @Test
  void systemMayRefuseToExecute() throws Exception {
    assumeTrue(Platform.current().x64() && !Platform.current().windows(), "not Linux on x86-64");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                // The compiler's own memory must be there before.
                "-XX:InitialCodeCacheSize=32m",
                "-XX:ReservedCodeCacheSize=32m",
                "-XX:-SegmentedCodeCache",
                "-Djava.util.logging.SimpleFormatter.format=%5$s%n",
                "-cp",
                System.getProperty("java.class.path"),
                Refused.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = process.waitFor();
    assumeTrue(code != Refused.UNKNOWN, "this Linux cannot refuse");
    assertEquals(0, code, output);
    String reason = "cannot make machine code executable: Permission denied (errno 13)";
    assertEquals(
        List.of(
            reason + "; the Vector API serves, which is slower",
            "auto: vector",
            "amx: there are no amx kernels: " + reason,
            "avx512: there are no avx512 kernels: " + reason,
            "avxvnni: there are no avxvnni kernels: " + reason,
            "avx2: there are no avx2 kernels: " + reason,
            "vector: vector",
            "[]"),
        output.lines().toList());
  }

  /** Requests all kernels and prints the results. */
  static final class Refused {
    static final int UNKNOWN = 3;

    private static final int SET_MEMORY_RIGHTS = 65;
    private static final int REFUSE_NEW_EXECUTABLE = 1;

    static void main() {
      try {
        NativeMemory.of(Platform.current())
            .call(
                "give up rights",
                r -> (int) r == 0,
                "prctl",
                SET_MEMORY_RIGHTS,
                REFUSE_NEW_EXECUTABLE);
      } catch (BackendException e) {
        System.exit(UNKNOWN);
      }
      for (CpuKernels wanted : CpuKernels.values()) {
        System.out.println(wanted.label() + ": " + outcome(wanted));
      }
      System.out.println(MachineKernels.available());
    }

    private static String outcome(CpuKernels wanted) {
      try {
        MachineKernels kernels = MachineKernels.of(wanted);
        return kernels == null ? "vector" : kernels.kind().label();
      } catch (BackendException e) {
        return e.getMessage();
      }
    }
  }
}
