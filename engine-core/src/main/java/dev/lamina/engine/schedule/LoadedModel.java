package dev.lamina.engine.schedule;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.memory.Memory;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.memory.Sequence;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.placement.DeviceFailure;
import dev.lamina.engine.placement.Pipeline;
import dev.lamina.engine.placement.Placement;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.placement.Target;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A model with its weights on devices, and the memory of all its sequences. When a device fails,
 * the model is placed anew without it, and what the sequences had there is computed again. Used by
 * one thread at a time.
 */
public final class LoadedModel implements AutoCloseable {
  private final Placer placer;
  private final Memory memory;
  private final List<Sequence> sequences = new ArrayList<>();

  /** Of {@link #sequences}, those that are kept for their tokens alone, the oldest use first. */
  private final ArrayDeque<Sequence> idle = new ArrayDeque<>();

  private final Batch recomputed;
  private Pipeline pipeline;

  /**
   * @param placer a placer that nobody else uses
   */
  public LoadedModel(Placer placer) {
    this.placer = placer;
    this.pipeline = placer.load();
    this.memory = new Memory(placer.config().pages(), (from, to) -> pipeline.copyPage(from, to));
    this.recomputed = new Batch(placer.config().batchSize(), 1);
  }

  /** A model with all layers on one backend. The caller closes the backend. */
  public static LoadedModel on(Backend backend, Model model, SessionConfig config) {
    return new LoadedModel(
        new Placer(
            model,
            config,
            PlacementOptions.layers(0),
            List.of(Target.only(backend)),
            warning -> {}));
  }

  public Model model() {
    return placer.model();
  }

  public SessionConfig config() {
    return placer.config();
  }

  /** The current placement of the layers. */
  public Placement placement() {
    return pipeline.placement();
  }

  public Memory memory() {
    return memory;
  }

  /** A new sequence without tokens, for {@link #close(Sequence)} or {@link #keep}. */
  public Sequence open() {
    return add(memory.sequence());
  }

  /**
   * A new sequence with as many of some tokens as are in memory already, from any sequence, running
   * or kept.
   *
   * @param most tokens that it has at most
   */
  public Sequence open(int[] tokens, int most) {
    Sequence longest = null;
    int common = memory.knownStart(tokens, most);
    for (Sequence sequence : sequences) {
      int n = Math.min(most, sequence.commonStart(tokens));
      if (n > common) {
        longest = sequence;
        common = n;
      }
    }
    if (longest == null) {
      Sequence sequence = open();
      sequence.reuse(tokens, most);
      return sequence;
    }
    if (common == longest.position() && idle.remove(longest)) {
      return longest;
    }
    Sequence fork = fork(longest);
    fork.rewind(common);
    return fork;
  }

  /** A new sequence of the same tokens, which shares their memory. */
  public Sequence fork(Sequence sequence) {
    return add(sequence.fork());
  }

  private Sequence add(Sequence sequence) {
    sequences.add(sequence);
    return sequence;
  }

  public void close(Sequence sequence) {
    sequence.close();
    sequences.remove(sequence);
  }

  /** Ends the use of a sequence whose tokens later ones may begin with. */
  public void keep(Sequence sequence) {
    idle.add(sequence);
  }

  /** Whether there is room for a new sequence of some tokens, and for so many pages more. */
  public boolean hasRoom(int[] tokens, int count, int more) {
    int needed = memory.needed(tokens, count) + more;
    while (needed > memory.available() && !idle.isEmpty()) {
      close(idle.poll());
    }
    return needed <= memory.available();
  }

  /**
   * Makes room for the next tokens of a sequence. Kept sequences make place for it.
   *
   * @return false if there are not enough pages; nothing has changed then
   */
  public boolean reserve(Sequence sequence, int count) {
    while (true) {
      try {
        if (sequence.reserve(count)) {
          return true;
        }
        if (idle.isEmpty()) {
          return false;
        }
        close(idle.poll());
      } catch (DeviceFailure e) {
        recover(e);
      }
    }
  }

  /**
   * Runs a batch, for which there is room. The caller then {@linkplain Sequence#advance advances}
   * the sequences.
   *
   * @return the logits of the wanted rows, [wanted, nVocab], overwritten by the next pass
   */
  public float[] forward(Batch batch) {
    while (true) {
      try {
        pipeline.forward(batch);
        return placer.logits();
      } catch (DeviceFailure e) {
        recover(e);
      }
    }
  }

  /** The logits of the last pass. */
  public float[] logits() {
    return placer.logits();
  }

  /** Loads the model without the failed device and evaluates the tokens of all sequences again. */
  private void recover(DeviceFailure first) {
    DeviceFailure failure = first;
    memory.forgetUnused();
    while (failure != null) {
      pipeline = placer.loadWithout(pipeline, failure);
      failure = null;
      int[] filled = new int[memory.pages()];
      try {
        for (Sequence sequence : sequences) {
          recompute(sequence, filled);
        }
      } catch (DeviceFailure e) {
        failure = e;
      }
    }
  }

  /**
   * Computes the pages of a sequence from the first one on whose contents are missing.
   *
   * @param filled positions of each page that have been computed again
   */
  private void recompute(Sequence sequence, int[] filled) {
    PageTable pages = sequence.pages();
    int n = PageTable.POSITIONS;
    int from = 0;
    while (from < sequence.position()
        && filled[pages.get(from / n)] >= Math.min(n, sequence.position() - from)) {
      from += n;
    }
    for (int at = from; at < sequence.position(); ) {
      int count = Math.min(config().batchSize(), sequence.position() - at);
      recomputed.clear();
      recomputed.add(pages, at, sequence.tokens(), at, count, count);
      pipeline.forward(recomputed);
      at += count;
    }
    for (int at = from; at < sequence.position(); at += n) {
      filled[pages.get(at / n)] = Math.min(n, sequence.position() - at);
    }
  }

  @Override
  public void close() {
    pipeline.close();
  }
}
