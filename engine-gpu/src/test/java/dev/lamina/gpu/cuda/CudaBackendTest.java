package dev.lamina.gpu.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.check.CheckResult;
import dev.lamina.engine.testing.BackendSuite;
import java.util.List;

/**
 * The CUDA backend on a driver that runs no kernel: every program exists, and the driver accepts
 * every launch, copy and allocation. The results are not checked.
 */
class CudaBackendTest extends BackendSuite {
  private StubDriver stub;

  @Override
  protected Backend open() throws Exception {
    stub = StubDriver.build();
    stub.reset();
    stub.driver(13000, 1);
    CudaBackendProvider provider = new CudaBackendProvider();
    return provider.open(provider.devices().getFirst(), new BackendOptions(1, true));
  }

  @Override
  protected void judge(List<CheckResult> results) {
    assertFalse(results.isEmpty());
    assertTrue(stub.count("launches") > 0);
    assertEquals("", stub.error());
  }
}
