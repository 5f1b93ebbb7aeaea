package dev.lamina.gpu.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.engine.backend.Availability;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.gpu.GpuApi;
import dev.lamina.gpu.GpuBuffer;
import dev.lamina.gpu.HostBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_mem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Failing commands on the first OpenCL device; only their events report the errors. */
class OpenClQueueTest {
  private final int[] status = new int[1];
  private OpenClBackendProvider provider;
  private cl_context context;
  private OpenClQueue queue;

  @BeforeEach
  @SuppressWarnings("deprecation") // of OpenCL 1.2
  void open() {
    provider = new OpenClBackendProvider();
    Availability availability = provider.probe();
    assumeTrue(availability.usable(), availability.reason());
    cl_device_id[] ids = {
      OpenClPlatform.all().stream().flatMap(p -> p.devices().stream()).findFirst().orElseThrow()
    };
    context = CL.clCreateContext(new cl_context_properties(), 1, ids, null, null, status);
    cl_command_queue created = CL.clCreateCommandQueue(context, ids[0], 0, status);
    queue = new OpenClQueue("opencl:0", created);
  }

  @AfterEach
  void close() {
    if (queue != null) {
      queue.close();
      CL.clReleaseContext(context);
    }
  }

  /** It waits for an event that turns into an error, as it would for a kernel that failed. */
  @Test
  void tellsOfACommandThatFailsInTheQueue() {
    cl_mem memory = CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, 64, null, status);
    cl_event cause = CL.clCreateUserEvent(context, status);
    copy("the first copy", memory);
    copy("the second copy", memory, cause);
    CL.clSetUserEventStatus(cause, CL.CL_OUT_OF_RESOURCES);
    String message = assertThrows(BackendException.class, queue::finish).getMessage();
    assertTrue(message.startsWith("opencl:0: the second copy failed with CL_"), message);
    copy("the third copy", memory);
    queue.finish(); // errors are reported only once
    CL.clReleaseEvent(cause);
    CL.clReleaseMemObject(memory);
  }

  @Test
  void tellsOfACommandThatIsRefused() {
    BackendException failure =
        assertThrows(
            BackendException.class, () -> queue.add("a trial", (q, e) -> CL.CL_INVALID_EVENT));
    assertEquals("opencl:0: a trial failed with CL_INVALID_EVENT", failure.getMessage());
    queue.finish();
  }

  private void copy(String what, cl_mem memory, cl_event... after) {
    queue.add(
        what,
        (q, event) ->
            CL.clEnqueueCopyBuffer(
                q,
                memory,
                memory,
                0,
                32,
                32,
                after.length,
                after.length == 0 ? null : after,
                event));
  }

  /** A thread for each transfer would call the driver at the same time as ours. */
  @Test
  void transfersStartNoThreads() {
    try (GpuApi api = provider.openApi(provider.devices().getFirst());
        HostBuffer host = api.allocateHost("bytes", 4096);
        GpuBuffer device = api.allocate("bytes", 4096)) {
      MemorySegment bytes = host.segment();
      bytes.fill((byte) 7);
      for (int i = 0; i < 100; i++) {
        api.upload(host, device, 0, 4096);
        api.download(device, 4, host, 4092);
      }
      api.finish();
      assertEquals((byte) 7, bytes.get(ValueLayout.JAVA_BYTE, 4095));
    }
    List<String> threads =
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("AsyncOpThread"))
            .toList();
    assertEquals(List.of(), threads);
  }
}
