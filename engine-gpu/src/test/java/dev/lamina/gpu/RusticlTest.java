package dev.lamina.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.Device;
import dev.lamina.engine.check.CheckResult;
import dev.lamina.engine.check.Doctor;
import dev.lamina.gpu.opencl.OpenClBackendProvider;
import dev.lamina.kernels.TensorType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What {@code lamina doctor} checks, on the OpenCL of Mesa that runs on the CPU: another compiler
 * and another driver than PoCL's, and the one that users of Mesa have. In a process of its own,
 * since the driver reads {@code RUSTICL_ENABLE} once. Of weights it takes one type of each way to
 * decode, of caches those that are used most: the rest takes minutes.
 */
class RusticlTest {
  private static final String ABSENT = "no OpenCL of Mesa (Debian: mesa-opencl-icd)";
  private static final int ABSENT_STATUS = 77;

  private static final List<TensorType> WEIGHTS =
      List.of(
          TensorType.F32,
          TensorType.F16,
          TensorType.Q8_0,
          TensorType.Q5_1,
          TensorType.Q3_K,
          TensorType.Q4_K,
          TensorType.IQ2_XXS,
          TensorType.IQ1_M,
          TensorType.TQ1_0,
          TensorType.NVFP4);

  private static final List<TensorType> CACHES = List.of(TensorType.F16, TensorType.Q8_0);

  @Test
  void computesRightUnderMesa() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            RusticlTest.class.getName());
    builder.environment().put("RUSTICL_ENABLE", "llvmpipe");
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    assumeTrue(status != ABSENT_STATUS, ABSENT);
    assertEquals("", out);
    assertEquals(0, status);
  }

  /** Prints what is wrong. */
  public static void main(String[] args) {
    OpenClBackendProvider provider = new OpenClBackendProvider();
    List<Device> devices = provider.probe().usable() ? provider.devices() : List.of();
    Device llvmpipe =
        devices.stream()
            .filter(device -> device.name().startsWith("llvmpipe"))
            .findFirst()
            .orElse(null);
    if (llvmpipe == null) {
      System.exit(ABSENT_STATUS);
      return;
    }
    List<CheckResult> results = new ArrayList<>();
    try (Backend backend = provider.open(llvmpipe, new BackendOptions(1, true))) {
      Doctor doctor = new Doctor(backend);
      results.addAll(doctor.rows());
      WEIGHTS.forEach(type -> results.addAll(doctor.weights(type)));
      CACHES.forEach(type -> results.addAll(doctor.attention(type, type)));
    }
    results.stream().filter(result -> !result.ok()).forEach(System.out::println);
  }
}
