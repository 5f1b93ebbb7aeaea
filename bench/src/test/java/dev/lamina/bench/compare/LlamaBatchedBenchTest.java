package dev.lamina.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.bench.BenchPlace;
import dev.lamina.bench.BenchRun;
import dev.lamina.bench.BenchSettings;
import dev.lamina.bench.BenchTest;
import dev.lamina.bench.FlashAttention;
import dev.lamina.bench.Results;
import dev.lamina.bench.batched.BatchedTimes;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class LlamaBatchedBenchTest {
  private static final BenchPlace CPU = new BenchPlace("CPU", "", 0);
  private static final BenchRun RUN = Results.run(new BenchTest(300, 16, 0), BenchSettings.of(2));
  private static final Set<Integer> STREAMS = new TreeSet<>(List.of(1, 4));

  @TempDir private Path folder;

  private static String line(String command, BenchRun run, BenchPlace place) {
    return String.join(
        " ", LlamaBatchedBench.of(command).commandLine(Path.of("/m/x.gguf"), run, STREAMS, place));
  }

  @Test
  void settingsArePassedOn() {
    assertEquals(
        "llama-batched-bench -m /m/x.gguf -npp 300 -ntg 16 -npl 1,4 -c 2048 -t 2 -b 2048 -ub 512 -ctk f16 -ctv f16 -tb 2 -fa auto -ngl 0 -dev none --output-format jsonl",
        line("llama-bench", RUN, CPU));
    BenchSettings settings =
        new BenchSettings(
            1,
            64,
            32,
            TensorType.Q8_0,
            TensorType.F16,
            FlashAttention.ON,
            false,
            CpuKernels.AUTO,
            Map.of());
    assertEquals(
        "/l/llama-batched-bench -m /m/x.gguf -npp 8 -ntg 3 -npl 1,4 -c 1024 -t 1 -b 64 -ub 32 -ctk q8_0 -ctv f16 -tb 1 -fa on --no-repack -ngl 9 --output-format jsonl",
        line(
            "/l/llama-bench",
            Results.run(new BenchTest(8, 3, 0), settings),
            new BenchPlace("CUDA", "A GPU", 9)));
  }

  @Test
  void programIsBesideLlamaBench() {
    assertTrue(
        line("box run {folder}:/m llama-bench -m /m/{name}", RUN, CPU)
            .startsWith("box run /m:/m llama-batched-bench -m /m/x.gguf -npp 300 "));
    assertTrue(
        line("C:\\l\\llama-bench.exe", RUN, CPU).startsWith("C:\\l\\llama-batched-bench.exe "));
    assertTrue(line("llama-batched-bench", RUN, CPU).startsWith("llama-batched-bench -m "));
    String message =
        assertThrows(IllegalArgumentException.class, () -> LlamaBatchedBench.of("bench -x"))
            .getMessage();
    assertEquals(
        "'bench -x' does not name llama-bench, beside which llama-batched-bench is expected",
        message);
  }

  @Test
  void timesAreByStreams() throws IOException {
    Map<Integer, BatchedTimes> times =
        time("echo; " + echo(300, 16, 1, 0.5, 2) + echo(300, 16, 4, 1, 3) + "echo");
    assertEquals(Map.of(1, new BatchedTimes(0.5, 2), 4, new BatchedTimes(1, 3)), times);
  }

  @Test
  void buildIsThatOfTheVersion() throws IOException {
    assertEquals("7 (abc)", program("echo 'version: 7 (abc)' >&2; echo built").build(model()));
    assertEquals("unknown", program("exit 0").build(model()));
  }

  @Test
  void failuresGiveOneLine() throws IOException {
    assertFailure("failed (exit code 3): no memory", "echo 'no memory' >&2; exit 3");
    assertFailure("not found; with -np, --compare needs", "echo 'not found' >&2; exit 127");
    assertFailure("no result that can be read, but: garbage", "echo garbage; echo more");
    assertFailure("no result that can be read, but: 7", "echo 7");
    assertFailure("no result that can be read, but: {\"pp\": 8", echo(8, 16, 1, 1, 1));
    assertFailure("no result that can be read, but: {\"pp\": 300", echo(300, 16, 2, 1, 1));
    assertFailure("no result that can be read, but: {\"pp\": 300", echo(300, 16, 1, 1, 0));
    assertFailure("was asked for [1, 4] texts and measured [1]", echo(300, 16, 1, 1, 1));
    assertFailure("was asked for [1, 4] texts and measured []", "exit 0");
    Path absent = folder.resolve("absent").resolve("llama-bench");
    String message =
        assertThrows(
                LlamaBenchException.class,
                () -> LlamaBatchedBench.of(absent.toString()).build(model()))
            .getMessage();
    assertTrue(message.endsWith("llama-batched-bench in the folder of llama-bench"), message);
  }

  private static String echo(int pp, int tg, int pl, double prompts, double generation) {
    return "echo '{\"pp\": %d, \"tg\": %d, \"pl\": %d, \"t_pp\": %s, \"t_tg\": %s}'\n"
        .formatted(pp, tg, pl, prompts, generation);
  }

  private Path model() {
    return folder.resolve("x.gguf");
  }

  private LlamaBatchedBench program(String body) throws IOException {
    Path script = folder.resolve("llama-batched-bench");
    Files.writeString(script, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return LlamaBatchedBench.of(folder.resolve("llama-bench").toString());
  }

  private Map<Integer, BatchedTimes> time(String body) throws IOException {
    return program(body).time(model(), RUN, STREAMS, CPU);
  }

  private void assertFailure(String part, String body) {
    String message = assertThrows(LlamaBenchException.class, () -> time(body)).getMessage();
    assertTrue(message.contains(part), message);
    assertFalse(message.contains("\n"), message);
  }
}
