package dev.lamina.engine.schedule;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.memory.Memory;
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
 * the model is placed anew without it. Used by one thread at a time.
 */
public final class LoadedModel implements AutoCloseable {
  private final Placer placer;
  private final List<Group> groups;
  private final Memory memory;
  private final List<Sequence> sequences = new ArrayList<>();

  /** Of {@link #sequences}, those that are kept for their tokens alone, the oldest use first. */
  private final ArrayDeque<Sequence> idle = new ArrayDeque<>();

  private Pipeline pipeline;

  /**
   * @param placer a placer that nobody else uses
   */
  public LoadedModel(Placer placer) {
    this.placer = placer;
    this.pipeline = placer.load();
    this.groups = placer.model().graph().groups();
    this.memory =
        new Memory(
            groups,
            groups.stream().mapToInt(config()::pages).toArray(),
            (group, from, to) -> pipeline.copyPage(groups.get(group), from, to));
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
    Sequence sequence = open();
    int common = sequence.reuse(tokens, most);
    Sequence longest = null;
    for (Sequence other : sequences) {
      int n = Math.min(most, other.commonStart(tokens));
      if (n > common) {
        longest = other;
        common = n;
      }
    }
    if (longest == null) {
      return sequence;
    }
    if (common == longest.position() && idle.remove(longest)) {
      close(sequence);
      return longest;
    }
    Sequence fork = fork(longest);
    boolean isBetter = fork.rewind(common) > sequence.position();
    close(isBetter ? sequence : fork);
    return isBetter ? fork : sequence;
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

  /**
   * Whether there is room for a new sequence of some tokens, and so many pages more in each group.
   */
  public boolean hasRoom(int[] tokens, int count, int more) {
    while (true) {
      int[] needed = memory.needed(tokens, count);
      for (int i = 0; i < needed.length; i++) {
        needed[i] += more;
      }
      if (memory.hasRoom(needed) || idle.isEmpty()) {
        return memory.hasRoom(needed);
      }
      close(idle.poll());
    }
  }

  /**
   * Makes room for the next tokens of a sequence. Kept sequences make place for it.
   *
   * @return false if there are not enough pages; nothing has changed then
   * @throws DeviceLostException if a device fails
   */
  public boolean reserve(Sequence sequence, int count) {
    try {
      while (!sequence.reserve(count)) {
        if (idle.isEmpty()) {
          return false;
        }
        close(idle.poll());
      }
      return true;
    } catch (DeviceFailure e) {
      throw lost(e);
    }
  }

  /**
   * Runs a batch, for which there is room. The caller then {@linkplain Sequence#advance advances}
   * the sequences.
   *
   * @return the logits of the wanted rows, [wanted, nVocab], overwritten by the next pass
   * @throws DeviceLostException if a device fails
   */
  public float[] forward(Batch batch) {
    try {
      pipeline.forward(batch);
      return placer.logits();
    } catch (DeviceFailure e) {
      throw lost(e);
    }
  }

  /** A batch for passes of this model. */
  public Batch newBatch() {
    return Batch.of(groups, config());
  }

  /** The logits of the last pass. */
  public float[] logits() {
    return placer.logits();
  }

  /** Loads the model without the failed device; all sequences are empty then. */
  private DeviceLostException lost(DeviceFailure failure) {
    while (!idle.isEmpty()) {
      close(idle.poll());
    }
    sequences.forEach(Sequence::close);
    memory.forgetUnused();
    pipeline = placer.loadWithout(pipeline, failure);
    return new DeviceLostException(failure);
  }

  @Override
  public void close() {
    pipeline.close();
  }
}
