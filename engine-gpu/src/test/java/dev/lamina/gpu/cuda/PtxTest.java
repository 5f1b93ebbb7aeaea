package dev.lamina.gpu.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.gpu.NativeLibraries;
import dev.lamina.kernels.device.DeviceProgram;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The committed PTX without a GPU: Nvidia's assembler accepts it, and the compiler accepts its
 * sources.
 */
@Tag("quality")
class PtxTest {
  private static final List<String> TARGETS = List.of("sm_75", "sm_80", "sm_90");

  private static final List<String> ALL_TARGETS =
      List.of("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120");

  @TempDir private Path folder;

  static List<DeviceProgram> programs() {
    return DeviceProgram.all();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void isAssembledForEveryTarget(DeviceProgram program) throws IOException {
    try {
      NativeLibraries.load(() -> JNvPTXCompiler.setExceptionsEnabled(false));
    } catch (LinkageError e) {
      assumeTrue(false, "no PTX compiler for this system: " + e.getMessage());
    }
    // A C string: a NUL ends it.
    byte[] ptx = (program.ptx() + "\0").getBytes(StandardCharsets.US_ASCII);
    for (String target : TARGETS) {
      nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
      JNvPTXCompiler.nvPTXCompilerCreate(compiler, ptx.length, ptx);
      String[] options = {"--gpu-name=" + target};
      int result = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
      assertEquals(
          nvPTXCompileResult.NVPTXCOMPILE_SUCCESS,
          result,
          () -> program.name() + " for " + target + ": " + log(compiler));
      JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
    }
  }

  /**
   * A driver contains the assembler of its toolkit, so the newest assembler must accept all
   * programs.
   */
  @Test
  void isAssembledByTheNewestAssembler() throws Exception {
    PtxAssembler assembler = PtxAssembler.newest().orElse(null);
    assumeTrue(assembler != null, "no ptxas on the PATH or in /usr/local/cuda*/bin");
    List<String> targets = assembler.knownOf(ALL_TARGETS);
    assertTrue(targets.contains("sm_75"), assembler + " knows " + targets);
    List<Path> files = new ArrayList<>();
    for (DeviceProgram program : programs()) {
      files.add(Files.writeString(folder.resolve(program.name() + ".ptx"), program.ptx()));
    }
    List<String> refused =
        files.parallelStream()
            .flatMap(file -> targets.stream().map(target -> assembler.refusal(file, target)))
            .filter(message -> !message.isEmpty())
            .toList();
    assertEquals(List.of(), refused, assembler.toString());
  }

  /** A hint from a later PTX version, which once made drivers refuse three programs. */
  @Test
  void newestAssemblerSeesAFalseVersion() throws Exception {
    PtxAssembler assembler = PtxAssembler.newest().orElse(null);
    assumeTrue(assembler != null, "no ptxas on the PATH or in /usr/local/cuda*/bin");
    String ptx = DeviceProgram.ops().ptx().replaceFirst("\\.version .*", ".version 6.0");
    Path file = Files.writeString(folder.resolve("old.ptx"), ptx);
    assertFalse(assembler.refusal(file, "sm_75").isEmpty());
  }

  @ParameterizedTest
  @MethodSource("programs")
  void sourceCompiles(DeviceProgram program) throws IOException, InterruptedException {
    boolean hasCompiler =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(path -> Files.isExecutable(Path.of(path, "nvcc")));
    assumeTrue(hasCompiler, "no CUDA compiler (nvcc)");
    Path source = folder.resolve(program.name() + ".cu");
    Files.writeString(source, program.source());
    Path ptx = folder.resolve("out.ptx");
    Process nvcc =
        new ProcessBuilder(
                "nvcc",
                "-ptx",
                "--fmad=false",
                "-arch=compute_75",
                "-diag-suppress",
                "177",
                "--Werror",
                "all-warnings",
                source.toString(),
                "-o",
                ptx.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(nvcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, nvcc.waitFor(), output);
    // Compilers differ in registers and order, but the instructions and their operands are the
    // same.
    assertEquals(entries(Files.readString(ptx)), entries(program.ptx()));
  }

  private static List<String> entries(String ptx) {
    List<String> entries =
        ptx.lines()
            .filter(line ->
                line.contains(".entry") || line.contains(".param .") || line.contains(".maxntid"))
            .filter(line -> !line.contains("ld.param"))
            .map(String::strip)
            .toList();
    assertTrue(entries.size() > 3, entries::toString);
    return entries;
  }

  private static String log(nvPTXCompilerHandle compiler) {
    long[] size = new long[1];
    JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, size);
    byte[] log = new byte[(int) size[0]];
    JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, log);
    return new String(log, StandardCharsets.UTF_8);
  }
}
