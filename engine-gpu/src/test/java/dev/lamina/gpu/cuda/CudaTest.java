package dev.lamina.gpu.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.Availability;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.Batch;
import dev.lamina.engine.backend.Device;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.memory.Sequence;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.engine.schedule.LoadedModel;
import dev.lamina.engine.schedule.Session;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gpu.GpuApi;
import dev.lamina.gpu.NativeLibraries;
import dev.lamina.kernels.TensorType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The CUDA backend on a driver that checks every call and runs no kernel: the calls with their
 * order and arguments, and failures of calls. The results of kernels are not tested here.
 */
class CudaTest {
  private static final Path DEMO =
      Path.of("../cli/src/main/resources/dev/lamina/cli/demo/shakespeare-5m-Q4_K_M.gguf");

  private static final int[] PROMPT = {418, 308, 11, 532, 326, 292, 308, 11, 331, 327, 267};

  private static StubDriver stub;

  @BeforeAll
  static void build() throws Exception {
    stub = StubDriver.build();
  }

  @AfterEach
  void reset() {
    stub.reset();
    stub.driver(13000, 1);
  }

  @Test
  void describesTheDevice() {
    CudaBackendProvider provider = provider();
    assertEquals(
        List.of(
            new Device(
                "cuda",
                0,
                Device.Kind.GPU,
                "Stub GPU 0",
                "CUDA 13.0",
                "compute capability 9.0",
                4L << 30,
                3L << 30,
                List.of("132 multiprocessors"),
                "")),
        provider.devices());
    assertEquals(0, stub.count("alive"));
  }

  @Test
  void recordsPassesOfOneTokenOnce() {
    try (GgufFile file = GgufFile.open(DEMO);
        Backend gpu = open();
        Session session =
            new Session(Model.load(file, RopeOverrides.none()), gpu, RuntimeConfig.of(2048, 8))) {
      session.eval(PROMPT);
      int launches = stub.count("launches");
      assertEquals(0, stub.count("graph_launches"));
      for (int i = 1; i <= 3; i++) {
        session.eval(new int[] {i});
        assertEquals(i, stub.count("graph_launches"), stub.error());
      }
      assertEquals(1, stub.count("captures"));
      // Each layer: 2 norms, 7 products, 2 ropes, 3 of attention, gate, 2 sums; then embedding,
      // 2 selections of wanted rows, norm and product of the head.
      assertEquals(3 * (6 * 17 + 5), stub.count("launches") - launches);
    }
    assertEquals("", stub.error());
    assertEquals(0, stub.count("alive"));
  }

  @Test
  void sequencesShareWeights() {
    RuntimeConfig config = RuntimeConfig.of(128, 64).withSequences(8, 16);
    try (GgufFile file = GgufFile.open(DEMO);
        Backend gpu = open();
        LoadedModel loaded = LoadedModel.on(gpu, Model.load(file, RopeOverrides.none()), config)) {
      int alive = stub.count("alive");
      Batch batch = loaded.newBatch();
      for (int i = 0; i < 8; i++) {
        Sequence sequence = loaded.open();
        assertTrue(loaded.reserve(sequence, 2));
        batch.add(sequence.tables(), 0, new int[] {i, 1}, 0, 2, 1);
      }
      loaded.forward(batch);
      assertEquals(alive, stub.count("alive"));
    }
    assertEquals("", stub.error());
    assertEquals(0, stub.count("alive"));
  }

  /**
   * Numbers are passed in the order that kernels expect, including those that change from pass to
   * pass.
   */
  @Test
  void passesArguments() {
    try (GgufFile file = GgufFile.open(DEMO);
        Backend gpu = open();
        Session session =
            new Session(Model.load(file, RopeOverrides.none()), gpu, RuntimeConfig.of(2048, 8))) {
      session.eval(PROMPT); // passes of 8 and 3 tokens
      assertArguments("add", 3, 256); // of the wanted row, in the last layer
      assertArguments("rms_norm", 3, 256, Float.floatToIntBits(1e-6f));
      assertArguments("mul_mat_vec_1", 4, 256, 2048, 0);
      assertArguments("mul_mat_vec_4", 4, 256, 2 * 64, 1); // values of the last layer
      assertArguments("get_rows", 3, 256);
      // For 3 rows: token, position, page table, wanted row; cosines of 32 angles each, sines.
      assertArguments("rope", 2, 12, 12 + 3 * 32, 2 * 64, 64, 32, 32);
      assertArguments("store_kv", 5, 3, 6, 2 * 64);
      assertArguments(
          "attention", 6, 3, 6, 4, 2, 64, Float.floatToIntBits(0.125f), 4, Integer.MAX_VALUE);
      session.eval(new int[] {7});
      assertArguments(
          "attention", 6, 1, 2, 4, 2, 64, Float.floatToIntBits(0.125f), 4, Integer.MAX_VALUE);
      assertArguments("rope", 2, 4, 4 + 32);
      assertArguments("attention_combine", 2, 4, 64, 4);
    }
    assertEquals("", stub.error());
  }

  private static void assertArguments(String kernel, int first, int... expected) {
    for (int i = 0; i < expected.length; i++) {
      int argument = stub.argument(kernel, first + i);
      assertEquals(expected[i], argument, kernel + ", argument " + (first + i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "Q8_0"})
  void takesOtherCaches(TensorType type) {
    try (GgufFile file = GgufFile.open(DEMO);
        Backend gpu = open();
        Session session =
            new Session(
                Model.load(file, RopeOverrides.none()),
                gpu,
                new RuntimeConfig(64, 4, 4, type, type))) {
      session.evalAll(PROMPT, (i, logits, offset) -> {});
    }
    assertEquals("", stub.error());
  }

  /** If any call fails, the message is one line and nothing stays open. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuDeviceGet",
        "cuDevicePrimaryCtxRetain",
        "cuMemAlloc_v2",
        "cuMemAllocHost_v2",
        "cuMemcpyHtoDAsync_v2",
        "cuMemcpyDtoHAsync_v2",
        "cuMemcpyDtoDAsync_v2",
        "cuModuleLoadDataEx",
        "cuModuleGetFunction",
        "cuLaunchKernel",
        "cuStreamCreate",
        "cuStreamSynchronize",
        "cuStreamBeginCapture_v2",
        "cuStreamEndCapture",
        "cuGraphInstantiateWithFlags",
        "cuGraphLaunch",
        "cuEventCreate",
        "cuEventRecord",
        "cuEventSynchronize"
      })
  @Tag("quality")
  void leavesNothingOpen(String function) {
    try (GgufFile file = GgufFile.open(DEMO)) {
      Model model = Model.load(file, RopeOverrides.none());
      Device device = provider().devices().getFirst();
      int failures = 0;
      boolean failed = true;
      for (int k = 0; failed; k += k < 150 ? 1 : 17) {
        stub.fail(function, k);
        try (Backend gpu = new CudaBackendProvider().open(device, new BackendOptions(1, true));
            LoadedModel loaded =
                LoadedModel.on(gpu, model, RuntimeConfig.of(64, 16).withSequences(2, 4));
            Session session = new Session(loaded)) {
          session.eval(PROMPT);
          session.eval(new int[] {4});
          // A second sequence of the same start copies its page before it goes on.
          loaded.reserve(loaded.open(PROMPT, PROMPT.length), 1);
        } catch (BackendException e) {
          failures++;
          assertTrue(e.getMessage().startsWith("cuda:0: "), e.getMessage());
          assertTrue(e.getMessage().contains("failed with CUDA_ERROR_"), e.getMessage());
          assertFalse(e.getMessage().contains("\n"), e.getMessage());
        }
        failed = stub.count("failed") != 0;
        assertEquals(0, stub.count("alive"), function + " " + k + ": left open");
      }
      assertTrue(failures > 0, function + " never failed");
    }
  }

  /** The launch of the kernel succeeds, also in a recording, and so do the transfers after it. */
  @ParameterizedTest
  @ValueSource(strings = {"get_rows", "mul_mat_vec_8", "rope", "mul_mat_vec_1", "attention", "add"})
  void failedKernelsHaveNoResults(String kernel) {
    try (GgufFile file = GgufFile.open(DEMO);
        Backend gpu = open();
        Session session =
            new Session(Model.load(file, RopeOverrides.none()), gpu, RuntimeConfig.of(2048, 8))) {
      stub.fault(kernel);
      String message =
          assertThrows(
                  BackendException.class,
                  () -> {
                    session.eval(PROMPT);
                    session.eval(new int[] {7});
                  })
              .getMessage();
      assertEquals("cuda:0: computing failed with CUDA_ERROR_ILLEGAL_ADDRESS", message);
    }
    assertEquals(0, stub.count("alive"));
  }

  @Test
  void refusesHostBuffersThatCannotBeAddressed() {
    CudaBackendProvider provider = provider();
    try (GpuApi api = provider.openApi(provider.devices().getFirst())) {
      String message =
          assertThrows(BackendException.class, () -> api.allocateHost("logits", 1L << 31))
              .getMessage();
      assertEquals(
          "cuda:0: allocating 2147483648 bytes of the host for logits failed: 2 GiB or more at once",
          message);
    }
    assertEquals(0, stub.count("alive"));
  }

  @Test
  void refusesOldDriversAndNone() {
    stub.driver(11030, 1);
    assertEquals(
        new Availability(
            false, "the driver is of CUDA 11.3; CUDA 11.4 is needed (driver 470 or newer)"),
        new CudaBackendProvider().probe());
    stub.driver(13000, 0);
    assertEquals(
        new Availability(false, "the driver finds no GPU"), new CudaBackendProvider().probe());
    stub.fail("cuInit", 0);
    stub.driver(13000, 1);
    assertEquals(
        new Availability(false, "the driver does not start: CUDA_ERROR_OUT_OF_MEMORY"),
        new CudaBackendProvider().probe());
  }

  @Test
  void findsMissingFunctions() {
    List<String> library = List.of("no-such-library", "libcuda.so.1");
    assertEquals(
        Optional.of("cuFlyToTheMoon"),
        NativeLibraries.missing(library, List.of("cuInit", "cuFlyToTheMoon")));
    assertEquals(Optional.empty(), NativeLibraries.missing(library, List.of("cuInit")));
    assertFalse(NativeLibraries.exist(List.of("no-such-library")));
  }

  private static CudaBackendProvider provider() {
    CudaBackendProvider provider = new CudaBackendProvider();
    assertEquals(new Availability(true, "1 device"), provider.probe());
    return provider;
  }

  private static Backend open() {
    CudaBackendProvider provider = provider();
    return provider.open(provider.devices().getFirst(), new BackendOptions(1, true));
  }
}
