package dev.lamina.engine.reference;

import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.model.Op;
import dev.lamina.kernels.format.LittleEndian;
import java.lang.foreign.MemorySegment;

/** The definition of a decaying sum, with the states of all sequences. */
final class ReferenceState implements ReferencePages {
  private final Op.DecayingSum op;

  /** [page][width] */
  private final float[][] states;

  ReferenceState(Op.DecayingSum op, RuntimeConfig config) {
    this.op = op;
    this.states = new float[config.pages(op.group())][op.out().width()];
  }

  /** {@code state = decay * state + in; out = state}, token after token of each sequence. */
  void forward(Batch batch, float[] in, float[] out) {
    int width = op.out().width();
    for (int t = 0; t < batch.size(); t++) {
      float[] state = states[batch.pages(t, op.group()).get(0)];
      for (int i = 0; i < width; i++) {
        float before = batch.position(t) == 0 ? 0 : state[i];
        state[i] = (float) ((double) op.decay() * before + in[t * width + i]);
        out[t * width + i] = state[i];
      }
    }
  }

  @Override
  public Group group() {
    return op.group();
  }

  @Override
  public void copyPage(int from, int to) {
    states[to] = states[from].clone();
  }

  @Override
  public long pageBytes() {
    return (long) Float.BYTES * op.out().width();
  }

  @Override
  public void readPage(int page, MemorySegment to) {
    MemorySegment.copy(states[page], 0, to, LittleEndian.F32, 0, states[page].length);
  }

  @Override
  public void writePage(int page, MemorySegment from) {
    MemorySegment.copy(from, LittleEndian.F32, 0, states[page], 0, states[page].length);
  }
}
