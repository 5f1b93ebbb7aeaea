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
import dev.lamina.bench.ReportedParameter;
import dev.lamina.bench.Results;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class LlamaBenchTest {
  private static final BenchPlace CPU = new BenchPlace("CPU", "", 0);
  private static final BenchRun RUN = Results.run(new BenchTest(8, 0, 4), BenchSettings.of(2));

  @TempDir private Path folder;

  @Test
  void settingsArePassedOn() {
    LlamaBench plain = LlamaBench.of("llama-bench");
    assertEquals(
        "llama-bench -m /m/x.gguf -p 8 -n 0 -d 4 -t 2 -b 2048 -ub 512 -ctk f16 -ctv f16 -ngl 0 -dev none -r 1 -o json",
        String.join(" ", plain.commandLine(Path.of("/m/x.gguf"), RUN, List.of(RUN.test()), CPU)));
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
        "llama-bench -m /m/x.gguf -p 512,8 -n 0 -pg 8,3 -t 1 -b 64 -ub 32 -ctk q8_0 -ctv f16 -fa 1 --repack 0 -ngl 9 -r 1 -o json",
        String.join(
            " ",
            plain.commandLine(
                Path.of("/m/x.gguf"),
                Results.run(new BenchTest(8, 3, 0), settings),
                List.of(BenchTest.prefill(512), BenchTest.prefill(8), new BenchTest(8, 3, 0)),
                new BenchPlace("CUDA", "A GPU", 9))));
  }

  @Test
  void placesOfThreadsArePassedOn() {
    BenchSettings usual = BenchSettings.of(2);
    BenchSettings settings =
        new BenchSettings(
            usual.threads(),
            usual.nBatch(),
            usual.nUbatch(),
            usual.keyType(),
            usual.valueType(),
            usual.flashAttention(),
            usual.repack(),
            usual.kernels(),
            Map.of(
                ReportedParameter.CPU_MASK, "0x3",
                ReportedParameter.CPU_STRICT, "1",
                ReportedParameter.POLL, "50"));
    BenchRun run = Results.run(new BenchTest(8, 0, 4), settings);
    List<String> line =
        LlamaBench.of("llama-bench")
            .commandLine(Path.of("/m/x.gguf"), run, List.of(run.test()), CPU);
    String words = String.join(" ", line);
    assertTrue(words.contains(" -C 0x3 --cpu-strict 1 "), words);
    assertFalse(words.contains("--poll"), words);
  }

  @Test
  void placeholdersStandForTheModel() {
    LlamaBench within = LlamaBench.of("box run {folder}:/m  llama-bench -m /m/{name}");
    String line =
        String.join(" ", within.commandLine(Path.of("/a b/x.gguf"), RUN, List.of(RUN.test()), CPU));
    assertTrue(line.startsWith("box run /a b:/m llama-bench -m /m/x.gguf -p 8 "), line);
    LlamaBench folderOnly = LlamaBench.of("box {folder} llama-bench");
    line =
        String.join(
            " ", folderOnly.commandLine(Path.of("/a/x.gguf"), RUN, List.of(RUN.test()), CPU));
    assertTrue(line.startsWith("box /a llama-bench -m /a/x.gguf -p 8 "), line);
  }

  @Test
  void answerIsTokensOverTime() throws IOException {
    LlamaBench.Answer answer = time(FakeLlamaBench.json(8, 0, 4, 2_000_000_000L));
    assertEquals(4, answer.speed());
    assertEquals("abc (7)", answer.build());
  }

  @Test
  void failuresGiveOneLine() throws IOException {
    assertFailure(
        "failed (exit code 3): no memory", "echo first >&2\necho 'no memory' >&2\nexit 3");
    assertFailure("failed (exit code 1): it printed no reason", "exit 1");
    assertFailure("no result that can be read, but: garbage", "echo garbage; echo more");
    assertFailure("no result that can be read, but: nothing", "exit 0");
    assertFailure("no result that can be read, but: []", "echo '[]'");
    assertFailure("no result that can be read, but: [ {} ]", "echo '[ {} ]'");
    assertFailure(
        "asked for pp8 @ d4 and measured tg8", FakeLlamaBench.json(0, 8, 0, 1_000_000_000L));
  }

  @Test
  void programThatIsMissingIsToldBefore() throws IOException {
    LlamaBench missing = LlamaBench.of(folder.resolve("absent/llama-bench").toString());
    String message =
        assertThrows(LlamaBenchException.class, () -> missing.check(folder.resolve("x.gguf")))
            .getMessage();
    assertTrue(message.startsWith("cannot run "), message);
    assertTrue(message.endsWith("or name it with --llama-bench"), message);
    LlamaBench there = LlamaBench.of(FakeLlamaBench.write(folder, "exit 1").toString());
    there.check(folder.resolve("x.gguf"));
  }

  private LlamaBench.Answer time(String body) throws IOException {
    Path script = FakeLlamaBench.write(folder, body);
    return LlamaBench.of(script.toString())
        .time(folder.resolve("x.gguf"), RUN, List.of(RUN.test()), CPU, true)
        .get(RUN.test());
  }

  private void assertFailure(String part, String body) {
    String message = assertThrows(LlamaBenchException.class, () -> time(body)).getMessage();
    assertTrue(message.contains(part), message);
    assertFalse(message.contains("\n"), message);
  }
}
