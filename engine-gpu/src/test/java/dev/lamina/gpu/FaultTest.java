package dev.lamina.gpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.LayerStack;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.memory.Group;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.Session;
import dev.lamina.engine.testing.Golden;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gpu.WatchedApi.Call;
import dev.lamina.kernels.device.DeviceProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures of devices: errors are reported, and nothing stays open. */
class FaultTest {
  private static final RuntimeConfig CONFIG = RuntimeConfig.of(64, 16);

  private GgufFile file;
  private Model model;
  private WatchedApi api;
  private Backend backend;

  @BeforeEach
  void open() {
    api = new WatchedApi(Devices.openClApi());
    backend = new GpuBackend(api, 0);
    file = GgufFile.open(Golden.DEMO);
    model = Model.load(file, RopeOverrides.none());
  }

  @AfterEach
  void close() {
    if (file != null) {
      backend.close();
      file.close();
    }
  }

  /** Lets a call of each kind fail, from the first to the last one. */
  @ParameterizedTest
  @EnumSource
  @Tag("quality")
  void loadingLeavesNothingBehind(Call call) {
    int k = 0;
    for (boolean failed = true; failed; k++) {
      api.failAt(call, k);
      try (Session session = new Session(model, backend, CONFIG)) {
        session.eval(new int[] {1, 2, 3});
        session.eval(new int[] {4});
      } catch (BackendException e) {
        assertEquals("opencl:0: " + call + " failed as it was told to", e.getMessage());
      }
      failed = api.hasFailed();
      assertEquals(0, api.alive(), call + " " + k + ": resources left");
    }
    assertTrue(k > 1, call + " never failed");
  }

  /** The launch succeeds, and so do all commands after it. Their results must not be used. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "get_rows",
        "select_rows",
        "rms_norm",
        "mul_mat_vec_1",
        "mul_mat_vec_4",
        "mul_mat",
        "rope",
        "store_kv",
        "attention",
        "attention_combine",
        "gated_silu",
        "add"
      })
  void failedKernelsHaveNoResults(String kernel) {
    api.failKernel(kernel);
    try (Session session = new Session(model, backend, RuntimeConfig.of(2048, 16))) {
      BackendException failure =
          assertThrows(
              BackendException.class,
              () -> {
                session.eval(new int[40]);
                session.eval(new int[] {1, 2, 3});
                session.eval(new int[] {4});
              });
      assertEquals("opencl:0: " + kernel + " failed when it ran", failure.getMessage());
    }
    assertEquals(0, api.alive());
  }

  /** Transfers larger than a host buffer go through it in pieces, with the same result. */
  @ParameterizedTest
  @ValueSource(longs = {1, 5_000, 3 * 4 * 2048, 1 << 20})
  void smallHostBuffersGiveTheSameLogits(long bytes) {
    int[] tokens = model.tokenizer().encode(Golden.TEXT, true, true);
    RuntimeConfig config = RuntimeConfig.of(128, 16).withMaxLogits(16);
    List<float[]> whole = logits(tokens, config);
    api.limitHostBuffers(bytes);
    List<float[]> inPieces = logits(tokens, config);
    assertEquals(whole.size(), inPieces.size());
    for (int i = 0; i < whole.size(); i++) {
      assertArrayEquals(whole.get(i), inPieces.get(i), "token " + i);
    }
  }

  private List<float[]> logits(int[] tokens, RuntimeConfig config) {
    List<float[]> rows = new ArrayList<>();
    try (Session session = new Session(model, backend, config)) {
      int n = model.config().nVocab();
      session.evalAll(
          tokens, (i, logits, offset) -> rows.add(Arrays.copyOfRange(logits, offset, offset + n)));
    }
    return rows;
  }

  /** Pages too; and a transfer that fails leaves no memory behind. */
  @Test
  void pagesGoThroughSmallHostBuffers() {
    try (LayerStack stack = backend.load(List.of(Segment.all(model.graph())), CONFIG);
        Arena arena = Arena.ofConfined()) {
      int alive = api.alive();
      long n = stack.pageBytes(Group.ALL);
      MemorySegment page = arena.allocate(n);
      MemorySegment again = arena.allocate(n);
      for (long i = 0; i < n; i++) {
        page.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 / 7));
      }
      for (long bytes : new long[] {1 << 20, 1000, 4096}) {
        api.limitHostBuffers(bytes);
        stack.writePage(Group.ALL, 0, page);
        stack.readPage(Group.ALL, 0, again.fill((byte) 0));
        assertEquals(-1, page.mismatch(again));
      }
      api.failAt(Call.UPLOAD, 3);
      assertThrows(BackendException.class, () -> stack.writePage(Group.ALL, 0, page));
      api.failAt(Call.DOWNLOAD, 3);
      assertThrows(BackendException.class, () -> stack.readPage(Group.ALL, 0, page));
      assertEquals(alive, api.alive());
    }
  }

  @Test
  void refusesHostBuffersThatCannotBeAddressed() {
    String message =
        assertThrows(BackendException.class, () -> api.allocateHost("logits", 1L << 31))
            .getMessage();
    assertEquals(
        "opencl:0: allocating 2147483648 bytes of the host for logits failed: 2 GiB or more at once",
        message);
    assertEquals(0, api.alive());
  }

  @Test
  void takesWhatItPlanned() {
    List<Segment> segments = List.of(Segment.all(model.graph()));
    for (RuntimeConfig config :
        List.of(CONFIG, RuntimeConfig.of(2048, 33), RuntimeConfig.of(100, 5).withMaxLogits(5))) {
      MemoryPlan plan = backend.plan(segments, config);
      long before = api.deviceBytes();
      backend.load(segments, config).close();
      assertEquals(api.deviceBytes() - before, plan.total(), config.toString());
    }
  }

  @Test
  void tellsWhereTheLogOfABuildIs() throws Exception {
    DeviceProgram broken = new DeviceProgram("broken", "this is no OpenCL C");
    String message = assertThrows(BackendException.class, () -> api.build(broken)).getMessage();
    assertTrue(message.startsWith("opencl:0: its kernels for broken do not build ("), message);
    assertFalse(message.contains("\n"), message);
    Path log = Path.of(message.substring(message.lastIndexOf(' ') + 1));
    assertTrue(Files.readString(log).contains("this is no OpenCL C"));
    Files.delete(log);
  }

  @Test
  void refusesAnAllocationBeyondTheDevice() {
    String message =
        assertThrows(BackendException.class, () -> api.allocate("everything", 1L << 60))
            .getMessage();
    assertEquals(
        "opencl:0: allocating 1152921504606846976 bytes for everything failed with CL_INVALID_BUFFER_SIZE",
        message);
  }
}
