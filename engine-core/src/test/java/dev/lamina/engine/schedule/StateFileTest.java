package dev.lamina.engine.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.PageTable;
import dev.lamina.engine.memory.Sequence;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.placement.PlacementOptions;
import dev.lamina.engine.placement.Placer;
import dev.lamina.engine.placement.Target;
import dev.lamina.engine.reference.ReferenceBackend;
import dev.lamina.engine.testing.FakeGpu;
import dev.lamina.engine.testing.SmallModel;
import dev.lamina.gguf.output.OutputException;
import dev.lamina.kernels.TensorType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a sequence has evaluated, saved to a file and loaded. */
class StateFileTest {
  private static final int N = PageTable.POSITIONS;
  private static final RuntimeConfig CONFIG = RuntimeConfig.of(256, 32);
  private static final int[] TOKENS = new Random(4).ints(N + 30, 300, 700).toArray();
  private static final int HEAD = 200;

  private final Model model = SmallModel.load();

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("a.state");
  }

  private LoadedModel open(RuntimeConfig config) {
    return LoadedModel.on(new ReferenceBackend(), model, config);
  }

  /** Evaluates tokens that are not in memory; returns the logits after the last one. */
  private static float[] evaluate(LoadedModel loaded, int[] tokens) {
    Sequence sequence = loaded.open(tokens, tokens.length - 1);
    Batch batch = loaded.newBatch();
    while (sequence.position() < tokens.length) {
      int at = sequence.position();
      int n = Math.min(loaded.config().batchSize(), tokens.length - at);
      assertTrue(loaded.reserve(sequence, n));
      batch.clear();
      batch.add(sequence.tables(), at, tokens, at, n, at + n == tokens.length ? n - 1 : n);
      loaded.forward(batch);
      sequence.advance(tokens, at, n);
    }
    loaded.keep(sequence);
    return loaded.logits().clone();
  }

  private float[] save(LoadedModel loaded) throws OutputException {
    float[] logits = evaluate(loaded, TOKENS);
    assertEquals(TOKENS.length, StateFile.save(loaded, TOKENS, file));
    return logits;
  }

  private static int known(LoadedModel loaded) {
    Sequence sequence = loaded.open(TOKENS, TOKENS.length);
    int known = sequence.position();
    loaded.close(sequence);
    return known;
  }

  @Test
  void whatWasSavedGoesOnWithTheSameLogits() throws IOException {
    for (TensorType type : List.of(TensorType.F32, TensorType.F16, TensorType.BF16)) {
      RuntimeConfig config = new RuntimeConfig(256, 32, 1, type, type);
      try (LoadedModel first = open(config);
          LoadedModel second = open(config)) {
        float[] logits = save(first);
        SavedState state = StateFile.load(second, file);
        assertArrayEquals(TOKENS, state.tokens());
        assertEquals(TOKENS.length, state.restored());
        assertTrue(state.fits());
        assertArrayEquals(logits, evaluate(second, TOKENS));
        assertEquals(TOKENS.length, known(second));
        Path again = folder.resolve("again");
        StateFile.load(first, file);
        StateFile.save(first, TOKENS, again);
        assertEquals(-1, Files.mismatch(file, again));
      }
    }
  }

  /** Windows of attention, of which only the last pages are kept, and recurrent states. */
  @Test
  void windowsAndStatesAreSavedToo() throws IOException {
    Model hybrid = SmallModel.hybrid();
    int[] tokens = new Random(5).ints(3 * N + 20, 300, 700).toArray();
    int[] more = Arrays.copyOf(tokens, tokens.length + 5);
    float[] expected;
    try (LoadedModel first = LoadedModel.on(new ReferenceBackend(), hybrid, CONFIG)) {
      evaluate(first, tokens);
      assertEquals(tokens.length, StateFile.save(first, tokens, file));
      expected = evaluate(first, more);
    }
    try (LoadedModel second = LoadedModel.on(new ReferenceBackend(), hybrid, CONFIG)) {
      assertEquals(tokens.length, StateFile.load(second, file).restored());
      assertEquals(tokens.length, second.open(more, more.length).position());
    }
    try (LoadedModel second = LoadedModel.on(new ReferenceBackend(), hybrid, CONFIG)) {
      StateFile.load(second, file);
      assertArrayEquals(expected, evaluate(second, more));
    }
    RuntimeConfig small = RuntimeConfig.of(128, 32);
    try (LoadedModel second = LoadedModel.on(new ReferenceBackend(), hybrid, small)) {
      assertEquals(0, StateFile.load(second, file).restored(), "a part of it is of no use");
    }
  }

  @Test
  void onlyWhatIsInMemoryIsSaved() throws IOException {
    try (LoadedModel loaded = open(CONFIG)) {
      assertEquals(0, StateFile.save(loaded, TOKENS, file));
      assertFalse(Files.exists(file));
      evaluate(loaded, Arrays.copyOf(TOKENS, 70));
      int used = loaded.memory().used(0);
      assertEquals(70, StateFile.save(loaded, TOKENS, file));
      assertEquals(20, StateFile.save(loaded, Arrays.copyOf(TOKENS, 20), file));
      assertEquals(used, loaded.memory().used(0));
      assertEquals(70, known(loaded));
    }
  }

  @Test
  void aSmallMemoryTakesTheStart() throws IOException {
    RuntimeConfig small = RuntimeConfig.of(N, 32).withSequences(1, 1);
    try (LoadedModel first = open(CONFIG);
        LoadedModel second = open(small)) {
      save(first);
      evaluate(second, new int[] {400, 401});
      SavedState state = StateFile.load(second, file);
      assertEquals(N, state.restored());
      assertArrayEquals(TOKENS, state.tokens());
      int[] start = Arrays.copyOf(TOKENS, N);
      assertArrayEquals(evaluate(first, start), evaluate(second, start));
    }
  }

  @Test
  void anotherLayoutGivesTokensOnly() throws IOException {
    try (LoadedModel first = open(CONFIG);
        LoadedModel types = open(new RuntimeConfig(256, 32, 1, TensorType.F32, TensorType.F16));
        LoadedModel split = split(new FakeGpu(new ReferenceBackend(), 0, Long.MAX_VALUE))) {
      float[] logits = save(first);
      for (LoadedModel other : List.of(types, split)) {
        SavedState state = StateFile.load(other, file);
        assertFalse(state.fits());
        assertEquals(0, state.restored());
        assertArrayEquals(TOKENS, state.tokens());
        assertEquals(0, known(other));
      }
      assertArrayEquals(logits, evaluate(split, TOKENS));
      StateFile.save(split, TOKENS, file);
      assertFalse(StateFile.load(first, file).fits());
      try (LoadedModel same = split(new FakeGpu(new ReferenceBackend(), 1, Long.MAX_VALUE))) {
        assertEquals(TOKENS.length, StateFile.load(same, file).restored());
        assertArrayEquals(logits, evaluate(same, TOKENS));
      }
    }
  }

  /** A model with three layers on a GPU. */
  private LoadedModel split(FakeGpu gpu) {
    Target cpu = Target.only(new ReferenceBackend());
    return new LoadedModel(
        new Placer(
            model,
            CONFIG,
            PlacementOptions.layers(3),
            List.of(cpu, gpu.target(Long.MAX_VALUE)),
            _ -> {}));
  }

  @Test
  void aDeviceThatFailsLosesNothing() throws IOException {
    FakeGpu saving = new FakeGpu(new ReferenceBackend(), 0, Long.MAX_VALUE);
    FakeGpu loading = new FakeGpu(new ReferenceBackend(), 0, Long.MAX_VALUE);
    try (LoadedModel first = split(saving);
        LoadedModel second = split(loading)) {
      float[] logits = save(first);
      byte[] written = Files.readAllBytes(file);
      loading.failAfter(1);
      SavedState state = StateFile.load(second, file);
      assertEquals(0, state.restored());
      assertArrayEquals(logits, evaluate(second, TOKENS));
      saving.failAfter(1);
      assertThrows(BackendException.class, () -> StateFile.save(first, TOKENS, file));
      assertArrayEquals(written, Files.readAllBytes(file));
      assertArrayEquals(logits, evaluate(first, TOKENS));
      assertEquals(TOKENS.length, StateFile.save(first, TOKENS, file));
    }
  }

  @Test
  void everyCutFileIsRefused() throws IOException {
    try (LoadedModel loaded = open(CONFIG);
        LoadedModel empty = open(CONFIG)) {
      save(loaded);
      long size = Files.size(file);
      Files.write(file, new byte[] {0}, StandardOpenOption.APPEND);
      refused(empty);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        for (long n = size - 1; n >= 0; n -= n > HEAD + 4 * TOKENS.length ? 101 : 1) {
          channel.truncate(n);
          refused(empty);
        }
      }
    }
  }

  @Test
  void everyDamageIsRefused() throws IOException {
    try (LoadedModel loaded = open(CONFIG);
        LoadedModel empty = open(CONFIG)) {
      float[] logits = save(loaded);
      byte[] bytes = Files.readAllBytes(file);
      Random random = new Random(1);
      List<Integer> places = new ArrayList<>();
      for (int i = 0; i < bytes.length; i += i < HEAD + 4 * TOKENS.length ? 1 : 997) {
        places.add(i);
      }
      for (int i = bytes.length - 4; i < bytes.length; i++) {
        places.add(i);
      }
      for (int i : places) {
        byte right = bytes[i];
        bytes[i] ^= (byte) (1 + random.nextInt(255));
        Files.write(file, bytes);
        refused(empty);
        bytes[i] = right;
      }
      Files.write(file, bytes);
      assertEquals(0, known(empty));
      assertEquals(TOKENS.length, StateFile.load(empty, file).restored());
      assertArrayEquals(logits, evaluate(empty, TOKENS));
    }
  }

  private void refused(LoadedModel loaded) {
    StateException refusal = assertThrows(StateException.class, () -> StateFile.load(loaded, file));
    assertTrue(refusal.getMessage().contains("a.state is "), refusal.getMessage());
    assertEquals(1, refusal.getMessage().lines().count());
    assertEquals(loaded.memory().pages(0), loaded.memory().available(0));
    assertEquals(0, known(loaded));
  }

  @Test
  void otherModelsAndFilesAreRefusedByWhatTheyAre() throws IOException {
    Model renamed = SmallModel.load(writer -> writer.put("general.name", "another"));
    try (LoadedModel first = open(CONFIG);
        LoadedModel other = LoadedModel.on(new ReferenceBackend(), renamed, CONFIG)) {
      save(first);
      assertRefused(other, "is a saved state of another model");
      byte[] bytes = Files.readAllBytes(file);
      bytes[8] = 7;
      Files.write(file, bytes);
      assertRefused(first, "is a saved state of version 7, expected 1");
      Files.writeString(file, "Once upon a time");
      assertRefused(first, "is no saved state");
      Files.delete(file);
      assertRefused(first, "does not exist");
      file = folder;
      assertRefused(first, "cannot read " + folder);
    }
  }

  private void assertRefused(LoadedModel loaded, String reason) {
    StateException refusal = assertThrows(StateException.class, () -> StateFile.load(loaded, file));
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
  }
}
