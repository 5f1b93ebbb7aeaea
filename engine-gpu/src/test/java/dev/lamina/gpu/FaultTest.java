package dev.lamina.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.MemoryPlan;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.gguf.GgufFile;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.gpu.WatchedApi.Call;
import dev.lamina.kernels.device.DeviceProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens when a device refuses. */
class FaultTest {
  private static final SessionConfig CONFIG = SessionConfig.of(64, 16);

  private GgufFile file;
  private Model model;
  private WatchedApi api;
  private Backend backend;

  @BeforeEach
  void open() {
    api = new WatchedApi(Devices.openClApi());
    backend = new GpuBackend(api, 0);
    file = GgufFile.open(AgreementTest.DEMO);
    model = Model.load(file, RopeOverrides.none());
  }

  @AfterEach
  void close() {
    if (file != null) {
      backend.close();
      file.close();
    }
  }

  /** A call of any kind, the first to the last of them. */
  @ParameterizedTest
  @EnumSource
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

  @Test
  void takesWhatItPlanned() {
    List<Segment> segments = List.of(Segment.all(model.graph()));
    for (SessionConfig config :
        List.of(CONFIG, SessionConfig.of(2048, 33), SessionConfig.of(100, 5).withMaxLogits(5))) {
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
