package dev.lamina.cpu;

import dev.lamina.cpu.kernel.PackedProducts;
import dev.lamina.cpu.machine.MachineKernels;
import dev.lamina.cpu.rows.RowKernels;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.PageLayout;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Segments compiled into arrays of steps, with their KV cache and buffers. */
final class CpuLayerStack implements LayerStack {
  private final WorkerPool pool;
  private final Arena arena;
  private final CpuSegment[] segments;
  private final List<PageMemory> memories;
  private final String pageLayout;

  /**
   * @param machine null for the Vector API
   * @param arena of the KV cache; the stack takes ownership
   */
  CpuLayerStack(
      WorkerPool pool,
      LoadedWeights weights,
      PackedProducts products,
      MachineKernels machine,
      List<Segment> segments,
      RowKernels rows,
      RuntimeConfig config,
      Arena arena) {
    this.pool = pool;
    this.arena = arena;
    Activations arrays = new Activations(segments, config);
    StepCompiler compiler =
        new StepCompiler(pool, weights, products, machine, rows, arrays, config, arena);
    this.segments =
        segments.stream()
            .map(segment -> new CpuSegment(segment, compiler, arrays))
            .toArray(CpuSegment[]::new);
    arrays.memory().make();
    this.memories = compiler.memories();
    this.pageLayout = PageLayout.of("tiles", segments, config);
  }

  @Override
  public void forward(int segment, Batch batch, float[][] in, float[][] out) {
    pool.beginPass();
    try {
      segments[segment].run(batch, in, out);
    } finally {
      pool.endPass();
    }
  }

  @Override
  public void copyPage(Group group, int from, int to) {
    for (PageMemory memory : memories) {
      if (memory.group().equals(group)) {
        memory.copyPage(from, to);
      }
    }
  }

  @Override
  public long pageBytes(Group group) {
    return memories.stream()
        .filter(memory -> memory.group().equals(group))
        .mapToLong(PageMemory::pageBytes)
        .sum();
  }

  @Override
  public String pageLayout() {
    return pageLayout;
  }

  @Override
  public void readPage(Group group, int page, MemorySegment to) {
    long at = 0;
    for (PageMemory memory : memories) {
      if (memory.group().equals(group)) {
        memory.readPage(page, to.asSlice(at));
        at += memory.pageBytes();
      }
    }
  }

  @Override
  public void writePage(Group group, int page, MemorySegment from) {
    long at = 0;
    for (PageMemory memory : memories) {
      if (memory.group().equals(group)) {
        memory.writePage(page, from.asSlice(at));
        at += memory.pageBytes();
      }
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
