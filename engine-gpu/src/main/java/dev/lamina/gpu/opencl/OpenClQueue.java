package dev.lamina.gpu.opencl;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.gpu.GpuResource;
import java.util.Arrays;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_event;

/**
 * An in-order queue that remembers its commands since the last {@link #finish}. After a failed
 * command OpenCL still runs the next ones, and only the event of the failed command reports the
 * error. So every command has an event.
 */
final class OpenClQueue implements GpuResource {
  private final String device;
  private final cl_command_queue queue;

  /** Events of the commands in the queue; the objects are reused. */
  private cl_event[] events = new cl_event[0];

  private Object[] commands = new Object[0];
  private int n;

  private final int[] status = new int[1];
  private final Pointer statusPointer = Pointer.to(status);

  OpenClQueue(String device, cl_command_queue queue) {
    this.device = device;
    this.queue = queue;
  }

  /** Puts one command into the queue and returns the call's status. */
  @FunctionalInterface
  interface Command {
    int enqueue(cl_command_queue queue, cl_event event);
  }

  /**
   * Puts a command into the queue.
   *
   * @param what the command does, for messages
   * @throws BackendException if the driver refuses it
   */
  void add(Object what, Command command) {
    if (n == events.length) {
      events = Arrays.copyOf(events, 2 * n + 64);
      commands = Arrays.copyOf(commands, events.length);
      for (int i = n; i < events.length; i++) {
        events[i] = new cl_event();
      }
    }
    int result = command.enqueue(queue, events[n]);
    if (result != CL.CL_SUCCESS) {
      OpenClCall.check(result, device, what.toString());
    }
    commands[n++] = what;
  }

  /**
   * Waits until everything in the queue is done.
   *
   * @throws BackendException if a command failed; the message names the first one
   */
  void finish() {
    int finished = CL.clFinish(queue);
    int failed = -1;
    int failure = CL.CL_SUCCESS;
    for (int i = 0; i < n; i++) {
      int result = result(events[i]);
      if (result < 0 && failed < 0) {
        failed = i;
        failure = result;
      }
      CL.clReleaseEvent(events[i]);
    }
    n = 0;
    if (failed >= 0) {
      OpenClCall.check(failure, device, commands[failed].toString());
    }
    OpenClCall.check(finished, device, "computing");
  }

  /** The underlying queue, for calls that need no event. */
  cl_command_queue queue() {
    return queue;
  }

  @Override
  public void close() {
    for (int i = 0; i < n; i++) {
      CL.clReleaseEvent(events[i]);
    }
    n = 0;
    CL.clReleaseCommandQueue(queue);
  }

  /** The result of a command: a negative error, or 0 or more. */
  private int result(cl_event event) {
    int query =
        CL.clGetEventInfo(
            event, CL.CL_EVENT_COMMAND_EXECUTION_STATUS, Sizeof.cl_int, statusPointer, null);
    return query == CL.CL_SUCCESS ? status[0] : query;
  }
}
