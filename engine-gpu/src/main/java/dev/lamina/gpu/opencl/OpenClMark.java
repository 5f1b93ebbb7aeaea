package dev.lamina.gpu.opencl;

import dev.lamina.gpu.GpuMark;
import org.jocl.CL;
import org.jocl.cl_event;

/** An event after everything queued before it. */
record OpenClMark(String device, cl_event event) implements GpuMark {
  @Override
  public void await() {
    OpenClCall.check(
        CL.clWaitForEvents(1, new cl_event[] {event}), device, "waiting for a transfer");
  }

  @Override
  public void close() {
    CL.clReleaseEvent(event);
  }
}
