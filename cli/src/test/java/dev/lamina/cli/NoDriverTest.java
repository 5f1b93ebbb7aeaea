package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Separate processes, as on machines without drivers: the CPU is used, and one line says why. */
@EnabledOnOs(OS.LINUX)
class NoDriverTest {
  private static final String WITHOUT_LIBRARY =
      "warning: opencl:0 is not used: no OpenCL driver is installed (libOpenCL is missing)";

  @TempDir private Path folder;

  @Test
  void noOpenClLibrary() throws Exception {
    // A file that is found before the system's library, and is no library.
    Files.writeString(folder.resolve("libOpenCL.so.1"), "nothing");
    Files.writeString(folder.resolve("libOpenCL.so"), "nothing");
    runsOnTheCpu(Map.of("LD_LIBRARY_PATH", folder.toString()), WITHOUT_LIBRARY);
  }

  @Test
  void noOpenClDriver() throws Exception {
    runsOnTheCpu(
        Map.of("OCL_ICD_VENDORS", folder.toString(), "OPENCL_VENDOR_PATH", folder.toString()),
        "warning: opencl:0 is not used: "
            + "OpenCL is installed, but no driver of a device (an ICD)");
  }

  private void runsOnTheCpu(Map<String, String> environment, String warning) throws Exception {
    String expected = Cli.run("run", "-p", "To be", "-n", "8", "--temp", "0", "--no-perf").out();
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.lamina.cli.Lamina",
            "run",
            "--device",
            "opencl:0",
            "-p",
            "To be",
            "-n",
            "8",
            "--temp",
            "0",
            "--no-perf");
    builder.environment().putAll(environment);
    builder.redirectError(err.toFile());
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> read(err));
    assertEquals(expected, out);
    List<String> lines = read(err).lines().filter(line -> line.startsWith("warning")).toList();
    if (!lines.equals(List.of(WITHOUT_LIBRARY))) { // as it is where none is installed
      assertEquals(List.of(warning), lines);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
