package dev.lamina.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.BackendProvider;
import dev.lamina.engine.backend.Device;
import dev.lamina.engine.check.CheckResult;
import dev.lamina.engine.check.Doctor;
import dev.lamina.gpu.cuda.CudaBackendProvider;
import dev.lamina.gpu.opencl.OpenClBackendProvider;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs the checks of {@code lamina doctor} in a separate process, because drivers read the
 * environment only once. It checks one weight type for each way to dequantize, and the most used
 * cache types: all types would take minutes.
 */
final class DoctorProcess {
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

  private DoctorProcess() {}

  /**
   * Fails if anything is computed wrong; skips the test if there is no such device.
   *
   * @param backend {@code cuda} or {@code opencl}
   * @param device beginning of the device's name
   */
  static void check(
      String backend, String device, String absent, Consumer<Map<String, String>> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            DoctorProcess.class.getName(),
            backend,
            device);
    environment.accept(builder.environment());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    assumeTrue(status != ABSENT_STATUS, absent);
    assertEquals("", out);
    assertEquals(0, status);
  }

  /** Prints the errors. */
  public static void main(String[] args) {
    BackendProvider provider =
        args[0].equals("cuda") ? new CudaBackendProvider() : new OpenClBackendProvider();
    List<Device> devices = provider.probe().usable() ? provider.devices() : List.of();
    Device device =
        devices.stream().filter(one -> one.name().startsWith(args[1])).findFirst().orElse(null);
    if (device == null) {
      System.exit(ABSENT_STATUS);
      return;
    }
    List<CheckResult> results = new ArrayList<>();
    try (Backend backend = provider.open(device, new BackendOptions(1, true))) {
      Doctor doctor = new Doctor(backend);
      results.addAll(doctor.rows());
      WEIGHTS.forEach(type -> results.addAll(doctor.weights(type)));
      CACHES.forEach(type -> results.addAll(doctor.attention(type, type)));
    }
    results.stream().filter(result -> !result.ok()).forEach(System.out::println);
  }
}
