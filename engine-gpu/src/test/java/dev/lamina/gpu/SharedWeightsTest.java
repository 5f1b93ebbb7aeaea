package dev.lamina.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Sequence;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.LoadedModel;
import dev.lamina.engine.testing.Golden;
import dev.lamina.gguf.GgufFile;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Weights are on a GPU once, however many sequences there are. */
class SharedWeightsTest {
  private static final int SEQUENCES = 8;

  @Test
  void moreSequencesSendAndAllocateNothingMore() {
    WatchedApi api = new WatchedApi(Devices.openClApi());
    try (GgufFile file = GgufFile.open(Golden.DEMO);
        Backend backend = new GpuBackend(api, 0)) {
      Model model = Model.load(file, RopeOverrides.none());
      RuntimeConfig config = RuntimeConfig.of(128, 64).withSequences(SEQUENCES, 2 * SEQUENCES);
      try (LoadedModel loaded = LoadedModel.on(backend, model, config)) {
        long weights = backend.plan(List.of(Segment.all(model.graph())), config).weights();
        long sent = api.uploadedBytes();
        long allocated = api.deviceBytes();
        assertTrue(sent >= weights, sent + " of " + weights + " bytes");
        assertTrue(sent < 1.1 * weights, sent + " of " + weights + " bytes");
        Batch batch = loaded.newBatch();
        for (int i = 0; i < SEQUENCES; i++) {
          Sequence sequence = loaded.open();
          assertTrue(loaded.reserve(sequence, 3));
          batch.add(sequence.tables(), 0, new int[] {i, 1, 2}, 0, 3, 2);
        }
        loaded.forward(batch);
        assertTrue(api.uploadedBytes() - sent < weights / 100, "more than the inputs was sent");
        assertEquals(allocated, api.deviceBytes());
      }
    }
    assertEquals(0, api.alive());
  }
}
