package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.runtime.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options and commands about devices, with the embedded model. */
class DevicesTest {
  private static final List<String> GREEDY =
      List.of("run", "-p", "To be, or not", "-n", "12", "--temp", "0", "--no-perf");

  @Test
  void listsTheCpu() throws Exception {
    Cli.Outcome text = Cli.run("devices");
    assertEquals(0, text.code());
    assertTrue(text.out().contains("cpu:0  CPU\n  kind      CPU\n"), text.out());
    String kernels = Backends.kernels("cpu").getFirst().title();
    assertTrue(text.out().contains("\n  version   " + kernels), text.out());
    JsonNode json = new ObjectMapper().readTree(Cli.run("devices", "--json").out());
    JsonNode cpu = json.get("backends").get(0);
    assertEquals("cpu", cpu.get("name").asText());
    assertTrue(cpu.get("devices").get(0).get("total_memory").asLong() > 0);
  }

  @Test
  void plansForTheCpu() {
    Cli.Outcome plan = Cli.run("plan", "-ngl", "0", "-c", "128");
    assertEquals(0, plan.code(), plan.err());
    assertTrue(plan.out().contains("context of 128 tokens, batches of 128"), plan.out());
    assertTrue(plan.out().contains("No GPU is in use"), plan.out());
  }

  /** Sums in the table equal those of the devices, and smaller budgets take fewer layers. */
  @Test
  void plansWithinABudget() throws Exception {
    assumeOpenCl();
    int last = -1;
    for (int mebibytes = 32; mebibytes <= 40; mebibytes++) {
      String budget = mebibytes + "M";
      Cli.Outcome plan =
          Cli.run("plan", "-dev", "opencl:0", "--vram-budget", budget, "-c", "256", "--json");
      assertEquals(0, plan.code(), plan.err());
      JsonNode json = new ObjectMapper().readTree(plan.out());
      JsonNode gpu = json.get("devices").get(1);
      long total = 0;
      for (String part : List.of("weights", "kv_cache", "scratch", "overhead")) {
        total += gpu.get(part).asLong();
      }
      int layers = json.get("gpu_layers").asInt();
      assertEquals(json.get("most_gpu_layers").asInt(), layers);
      assertTrue(layers >= last, plan.out());
      assertTrue(layers == 0 || total <= (long) mebibytes << 20, plan.out());
      last = layers;
    }
    assertEquals(7, last);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-ngl 3", "-ngl all", "-ngl all -nkvo", "-ngl 2 -ot ffn=OpenCL0"})
  void writesTheSameTextOnAGpu(String options) {
    assumeOpenCl();
    Cli.Outcome cpu = Cli.run(GREEDY.toArray(String[]::new));
    List<String> args = new ArrayList<>(GREEDY);
    args.addAll(List.of("-dev", "opencl:0"));
    args.addAll(Arrays.asList(options.split(" ")));
    Cli.Outcome gpu = Cli.run(args.toArray(String[]::new));
    assertEquals(0, gpu.code(), gpu.err());
    assertEquals(cpu.out(), gpu.out());
    assertTrue(gpu.err().contains("opencl:0 ("), gpu.err());
  }

  @Tag("quality")
  @Test
  void benchesSeveralSplits() {
    assumeOpenCl();
    Cli.Outcome bench =
        Cli.run("bench", "-dev", "opencl:0", "-ngl", "0,2,all", "-p", "8", "-n", "0", "-r", "1");
    assertEquals(0, bench.code(), bench.err());
    assertTrue(bench.out().contains("| OpenCL     |   2 |"), bench.out());
    assertTrue(bench.out().contains("| OpenCL     |   7 |"), bench.out());
  }

  /** OpenCL devices on the CPU are not used by default. */
  @Test
  void saysWhyNoGpuIsUsed() {
    boolean hasGpu =
        Backends.probeAll().stream()
            .flatMap(backend -> backend.devices().stream())
            .anyMatch(device -> device.usable() && !device.kind().name().equals("CPU"));
    assumeTrue(!hasGpu, "this machine has a GPU");
    List<String> args = new ArrayList<>(GREEDY);
    args.addAll(List.of("-ngl", "all"));
    Cli.Outcome run = Cli.run(args.toArray(String[]::new));
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("warning: no GPU is used ("), run.err());
    assertEquals(Cli.run(GREEDY.toArray(String[]::new)).out(), run.out());
  }

  @ParameterizedTest
  @CsvSource({
    "-ngl x, 'error: -ngl is ''x'', expected a number of layers, auto or all (see lamina run --help)'",
    "'-ngl 1,2', 'error: -ngl is ''1,2'', expected a number of layers, auto or all (see lamina run --help)'",
    "--vram-budget 6Q, 'error: ''6Q'' is no amount of memory; expected one such as 6G, 80% or auto (see lamina run --help)'",
    "-ot foo, 'error: ''foo'' does not name a device; expected REGEX=DEVICE, such as ffn_up=cpu (see lamina run --help)'",
    "'-ot [=cpu', 'error: ''[=cpu'' is no regular expression: Unclosed character class (see lamina run --help)'",
    "'-ts 1,-1', 'error: --tensor-split: the parts are [1.0, -1.0], expected 0 or more each, and not 0 for all (see lamina run --help)'",
    "-mg -3, 'error: -mg is -3, expected 0 or more (see lamina run --help)'",
  })
  void refusesMalformedOptions(String options, String message) {
    List<String> args = new ArrayList<>(GREEDY);
    args.addAll(Arrays.asList(options.split(" ")));
    Cli.Outcome run = Cli.run(args.toArray(String[]::new));
    assertEquals(ExitCodes.USAGE, run.code());
    assertEquals(message + "\n", run.err());
  }

  /** In each command that takes devices, the CPU has the same names. */
  @Test
  void theCpuHasSeveralNames() {
    String expected = Cli.run(GREEDY.toArray(String[]::new)).out();
    for (String name : List.of("none", "cpu", "cpu:0", "CPU", "CPU0", "NONE", "cpu,none")) {
      List<String> args = new ArrayList<>(GREEDY);
      args.addAll(List.of("-dev", name, "-ngl", "99"));
      Cli.Outcome run = Cli.run(args.toArray(String[]::new));
      assertEquals(expected, run.out(), run.err());
      assertFalse(run.err().contains("warning"), run.err());
      Cli.Outcome plan = Cli.run("plan", "-dev", name, "-c", "128");
      assertTrue(plan.out().contains("No GPU is in use"), plan.out() + plan.err());
      Cli.Outcome doctor = Cli.run("doctor", "-dev", name, "--reference", "missing.json");
      assertTrue(doctor.err().contains("cannot read missing.json"), doctor.err());
    }
    Cli.Outcome bench = Cli.run("bench", "-dev", "none", "-p", "4", "-n", "0", "-r", "1");
    assertTrue(bench.out().contains("| CPU "), bench.out() + bench.err());
  }

  @ParameterizedTest
  @CsvSource({
    "-dev tpu:0, 'tpu:0 is no GPU; `lamina devices` lists the devices that there are'",
    "-ot ffn=tpu0, 'tpu:0 is no GPU; `lamina devices` lists the devices that there are'",
    "-ot fnn_up=cpu, '--override-tensor: the model has no tensor whose name contains ''fnn_up''; `lamina inspect --tensors` lists them'",
    "-ot ffn_up=cuda:99, 'tensors are put on cuda:99, which cannot be used: |there is no device cuda:99'",
  })
  void refusesDevicesAndTensorsThatAreNotThere(String options, String message) {
    List<String> args = new ArrayList<>(GREEDY);
    args.addAll(Arrays.asList(options.split(" ")));
    Cli.Outcome run = Cli.run(args.toArray(String[]::new));
    assertEquals(ExitCodes.ERROR, run.code());
    assertTrue(
        Arrays.stream(message.split("\\|")).anyMatch(part -> run.err().contains("error: " + part)),
        run.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"run -p x", "plan", "perplexity -f TEXT", "bench -p 4 -n 0 -r 1"})
  void everyCommandTellsOfOverridesThatMatchNothing(String command, @TempDir Path folder)
      throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "To be, or not to be. ".repeat(200));
    String line = command.replace("TEXT", text.toString()) + " -ot fnn_up=cpu -c 64";
    Cli.Outcome outcome =
        Cli.run(line.replace("-c 64", command.startsWith("bench") ? "" : "-c 64").split(" "));
    assertTrue(outcome.code() != 0, outcome.out());
    assertTrue(outcome.err().contains("error: --override-tensor: the model has no"), outcome.err());
  }

  @Test
  void aBudgetThatNothingFitsIsAnError() {
    assumeOpenCl();
    List<String> args = new ArrayList<>(GREEDY);
    args.addAll(List.of("-dev", "opencl:0", "--vram-budget", "6144"));
    Cli.Outcome run = Cli.run(args.toArray(String[]::new));
    assertEquals(ExitCodes.ERROR, run.code(), run.err());
    assertTrue(run.err().contains("--vram-budget: not even one layer fits"), run.err());
    Cli.Outcome plan = Cli.run("plan", "-dev", "opencl:0", "--vram-budget", "6144");
    assertTrue(plan.err().contains("warning: --vram-budget: not even one"), plan.err());
  }

  @Test
  void anOverrideTakesItsDevice() {
    assumeOpenCl();
    List<String> args = new ArrayList<>(GREEDY);
    args.addAll(List.of("-ot", "ffn_up=opencl:0"));
    Cli.Outcome run = Cli.run(args.toArray(String[]::new));
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("opencl:0 ("), run.err());
  }

  private static void assumeOpenCl() {
    Backends openCl = Backends.probe("opencl");
    assumeTrue(openCl.availability().usable(), openCl.availability().reason());
  }
}
