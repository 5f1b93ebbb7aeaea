package dev.lamina.cpu;

import dev.lamina.cpu.rows.WorkingMemory;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** {@link Op.DecayingSum}: a task takes some elements of all rows. */
final class DecayingSumStep implements Step, PageMemory {
  private static final int ELEMENTS = 1024;

  private final PassThreads threads;
  private final Op.DecayingSum op;
  private final WorkingMemory memory;
  private final int in;
  private final int out;

  /** The state of each page, [pages, width]. */
  private final float[] states;

  private final WorkerPool.Task task = this::run;
  private Batch batch;

  DecayingSumStep(
      PassThreads threads, Op.DecayingSum op, RuntimeConfig config, Activations arrays) {
    this.threads = threads;
    this.op = op;
    this.memory = arrays.memory();
    this.in = arrays.at(op.in());
    this.out = arrays.at(op.out());
    this.states = new float[Math.toIntExact(bytes(op, config) / Float.BYTES)];
  }

  /** Bytes of the states. */
  static long bytes(Op.DecayingSum op, RuntimeConfig config) {
    return (long) Float.BYTES * config.pages(op.group()) * op.out().width();
  }

  @Override
  public void run(Batch pass) {
    batch = pass;
    threads.run(Math.ceilDiv(op.out().width(), ELEMENTS), task);
  }

  private void run(int index, int worker) {
    int width = op.out().width();
    int from = index * ELEMENTS;
    int to = Math.min(width, from + ELEMENTS);
    float[] floats = memory.floats();
    for (int row = 0; row < batch.size(); row++) {
      int state = batch.pages(row, op.group()).get(0) * width;
      float decay = batch.position(row) == 0 ? 0 : op.decay();
      for (int i = from; i < to; i++) {
        float before = decay == 0 ? 0 : decay * states[state + i];
        states[state + i] = before + floats[in + row * width + i];
        floats[out + row * width + i] = states[state + i];
      }
    }
  }

  @Override
  public Group group() {
    return op.group();
  }

  @Override
  public void copyPage(int from, int to) {
    int width = op.out().width();
    System.arraycopy(states, from * width, states, to * width, width);
  }

  @Override
  public long pageBytes() {
    return (long) Float.BYTES * op.out().width();
  }

  @Override
  public void readPage(int page, MemorySegment to) {
    int width = op.out().width();
    MemorySegment.copy(states, page * width, to, LittleEndian.F32, 0, width);
  }

  @Override
  public void writePage(int page, MemorySegment from) {
    int width = op.out().width();
    MemorySegment.copy(from, LittleEndian.F32, 0, states, page * width, width);
  }
}
