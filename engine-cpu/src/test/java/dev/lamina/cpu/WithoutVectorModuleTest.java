package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.lamina.cpu.kernel.Scratch;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.CpuKernels;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.model.Op;
import dev.lamina.engine.model.Rows;
import dev.lamina.kernels.TensorType;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attention in machine code loads no class that needs the Vector API, which takes long to warm. */
class WithoutVectorModuleTest {
  @Test
  void attentionRuns() throws Exception {
    assumeFalse(MachineKernels.available().isEmpty(), "no machine code here");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Attention.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals(RuntimeConfig.cacheTypes().size() * 2, output.lines().count(), output);
  }

  /** Attention of a prompt and a token, with all types of cache and heads of two sizes. */
  static final class Attention {
    private static final int PROMPT = 300;

    static void main() {
      MachineKernels machine = MachineKernels.of(CpuKernels.AUTO);
      for (TensorType type : RuntimeConfig.cacheTypes()) {
        for (int headDim : new int[] {64, type.blockSize() == 1 ? 42 : 96}) {
          System.out.println(type + " " + headDim + ": " + run(type, headDim, machine));
        }
      }
    }

    private static float run(TensorType type, int headDim, MachineKernels machine) {
      Rows q = new Rows("q", 4 * headDim);
      Rows k = new Rows("k", 2 * headDim);
      Rows v = new Rows("v", 2 * headDim);
      Rows out = new Rows("out", 4 * headDim);
      Op.Attention op = new Op.Attention(q, k, v, out, Group.ALL, 4, 2, headDim, 0.1f);
      RuntimeConfig config = new RuntimeConfig(PROMPT + 1, PROMPT, 1, type, type);
      Segment segment = new Segment(List.of(op), op.reads(), List.of(out));
      Activations arrays = new Activations(List.of(segment), config);
      int pages = PageTable.pagesOf(PROMPT + 1);
      PageTable[] tables = {PageTable.every(1, 0, pages, pages)};
      try (WorkerPool pool = new WorkerPool(2);
          Arena arena = Arena.ofShared()) {
        AttentionBuffers buffers = new AttentionBuffers(op, config, new Scratch[2], machine);
        KvCache cache = new KvCache(arena, op, config);
        AttentionStep step =
            new AttentionStep(new PassThreads(pool), op, cache, config, arrays, buffers);
        Batch batch = Batch.of(List.of(op.group()), config);
        batch.add(tables, 0, new int[PROMPT], 0, PROMPT, 1);
        arrays.memory().make();
        step.store().rows(batch, 0, PROMPT, 0);
        step.run(batch);
        batch.clear();
        batch.add(tables, PROMPT, new int[1], 0, 1, 1);
        step.store().rows(batch, 0, 1, 0);
        step.run(batch);
      }
      return arrays.memory().floats()[arrays.at(out)];
    }
  }
}
