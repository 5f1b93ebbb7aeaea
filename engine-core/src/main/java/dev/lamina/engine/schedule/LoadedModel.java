package dev.lamina.engine.schedule;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.Group;
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
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

  /** Read by any thread that asks for the placement. */
  private volatile Pipeline pipeline;

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
  public static LoadedModel on(Backend backend, Model model, RuntimeConfig config) {
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

  public RuntimeConfig config() {
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

  /** Lends the longest start of some tokens that is in memory, until the loan is closed. */
  Loan lend(int[] tokens) {
    int kept = idle.size();
    Sequence sequence = open(tokens, tokens.length);
    return new Loan(this, sequence, idle.size() < kept);
  }

  /**
   * A sequence that is only looked at.
   *
   * @param wasKept whether it is kept again afterwards
   */
  record Loan(LoadedModel from, Sequence sequence, boolean wasKept) implements AutoCloseable {
    @Override
    public void close() {
      if (wasKept) {
        from.keep(sequence);
      } else {
        from.close(sequence);
      }
    }
  }

  /** Bytes of what all groups keep of a sequence of some length. */
  long stateBytes(int length) {
    return groups.stream()
        .mapToLong(group -> group.pages(length) * pipeline.pageBytes(group))
        .sum();
  }

  /** Names the layout of these bytes, which changes with the placement. */
  String stateLayout() {
    return pipeline.pageLayout();
  }

  /** Takes a page of a sequence's state. */
  interface PageSink {
    void accept(MemorySegment page) throws IOException;
  }

  /**
   * Reads what is kept of a sequence, page by page.
   *
   * @throws BackendException if a device fails; the model is placed without it then
   */
  void readState(Sequence sequence, PageSink sink) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      for (int g = 0; g < groups.size(); g++) {
        MemorySegment bytes = arena.allocate(pipeline.pageBytes(groups.get(g)), 64);
        for (int page : sequence.keptPages(g)) {
          pipeline.readPage(groups.get(g), page, bytes);
          sink.accept(bytes);
        }
      }
    } catch (DeviceFailure e) {
      throw new BackendException(e.getMessage(), lost(e));
    }
  }

  /**
   * Puts tokens with what was kept of them into memory, as a kept sequence. Other kept sequences
   * make place for it.
   *
   * @param state of all tokens, in the current layout
   * @return how many tokens there was room for; 0 if a device has failed
   * @throws StateException if the state cannot be read or is damaged; nothing is kept then
   */
  int restore(int[] tokens, StateReader state) {
    int count = roomForState(tokens.length);
    Sequence sequence = open();
    try {
      sequence.takePages(count);
      writeState(sequence, state);
      state.finish();
    } catch (DeviceFailure e) {
      close(sequence);
      lost(e);
      return 0;
    } catch (RuntimeException | Error e) {
      close(sequence);
      throw e;
    }
    sequence.advance(tokens, 0, count);
    keep(sequence);
    return count;
  }

  private void writeState(Sequence sequence, StateReader state) {
    try (Arena arena = Arena.ofConfined()) {
      for (int g = 0; g < groups.size(); g++) {
        MemorySegment bytes = arena.allocate(pipeline.pageBytes(groups.get(g)), 64);
        PageTable pages = sequence.tables()[g];
        for (int i = 0; i < pages.size(); i++) {
          if (pages.get(i) >= 0) {
            state.read(bytes);
            pipeline.writePage(groups.get(g), pages.get(i), bytes);
          }
        }
      }
    }
  }

  /**
   * How many of a state's tokens there is room for. A part of them helps only where layers keep all
   * positions.
   */
  private int roomForState(int length) {
    int[] needed = groups.stream().mapToInt(group -> group.pages(length)).toArray();
    while (!memory.hasRoom(needed) && !idle.isEmpty()) {
      close(idle.poll());
    }
    boolean fits = memory.hasRoom(needed) && length <= config().contextLength();
    if (fits || !groups.equals(List.of(Group.ALL))) {
      return fits ? length : 0;
    }
    int room = memory.available(0) * PageTable.POSITIONS;
    return Math.min(Math.min(length, config().contextLength()), room);
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
