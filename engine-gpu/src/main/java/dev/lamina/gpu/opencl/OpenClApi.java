package dev.lamina.gpu.opencl;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.gguf.output.PendingFiles;
import dev.lamina.gguf.output.Temporary;
import dev.lamina.gpu.GpuApi;
import dev.lamina.gpu.GpuBuffer;
import dev.lamina.gpu.GpuMark;
import dev.lamina.gpu.GpuProgram;
import dev.lamina.gpu.GpuRecording;
import dev.lamina.gpu.HostBuffer;
import dev.lamina.kernels.device.DeviceProgram;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_event;
import org.jocl.cl_mem;
import org.jocl.cl_program;

/** OpenCL 1.2, with an in-order queue. */
final class OpenClApi implements GpuApi {
  private final String device;
  private final cl_device_id id;
  private final cl_context context;
  private final OpenClQueue queue;
  private final OpenClUnmap unmap = new OpenClUnmap();

  /**
   * Opens a device.
   *
   * @throws BackendException if the device cannot be opened
   */
  @SuppressWarnings("deprecation") // the replacement of clCreateCommandQueue needs OpenCL 2.0
  OpenClApi(String device, cl_device_id id) {
    this.device = device;
    this.id = id;
    int[] status = new int[1];
    cl_device_id[] ids = {id};
    context =
        SignalHandlers.keep(
            () -> CL.clCreateContext(new cl_context_properties(), 1, ids, null, null, status));
    check(status[0], "opening the device");
    cl_command_queue created = CL.clCreateCommandQueue(context, id, 0, status);
    if (status[0] != CL.CL_SUCCESS) {
      CL.clReleaseContext(context);
      check(status[0], "creating a queue");
    }
    queue = new OpenClQueue(device, created);
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public GpuBuffer allocate(String what, long bytes) {
    int[] status = new int[1];
    cl_mem mem = CL.clCreateBuffer(context, CL.CL_MEM_READ_WRITE, bytes, null, status);
    check(status[0], "allocating " + bytes + " bytes for " + what);
    return new OpenClBuffer(mem, bytes);
  }

  @Override
  public HostBuffer allocateHost(String what, long bytes) {
    String operation = "allocating " + bytes + " bytes of the host for " + what;
    HostBuffer.checkSize(device, operation, bytes);
    int[] status = new int[1];
    long flags = CL.CL_MEM_READ_WRITE | CL.CL_MEM_ALLOC_HOST_PTR;
    cl_mem mem = CL.clCreateBuffer(context, flags, bytes, null, status);
    check(status[0], operation);
    long access = CL.CL_MAP_READ | CL.CL_MAP_WRITE;
    ByteBuffer mapped =
        CL.clEnqueueMapBuffer(queue.queue(), mem, true, access, 0, bytes, 0, null, null, status);
    if (status[0] != CL.CL_SUCCESS) {
      CL.clReleaseMemObject(mem);
      check(status[0], operation);
    }
    mapped.order(ByteOrder.nativeOrder());
    return new OpenClHostBuffer(unmap, queue.queue(), mem, mapped, MemorySegment.ofBuffer(mapped));
  }

  @Override
  public GpuProgram build(DeviceProgram program) {
    int[] status = new int[1];
    String[] text = {program.source()};
    cl_program built = CL.clCreateProgramWithSource(context, 1, text, null, status);
    check(status[0], "creating program " + program.name());
    cl_device_id[] ids = {id};
    int result =
        SignalHandlers.keep(() -> CL.clBuildProgram(built, 1, ids, "-cl-std=CL1.2", null, null));
    if (result != CL.CL_SUCCESS) {
      String log = buildLog(built);
      CL.clReleaseProgram(built);
      throw new BackendException(
          device
              + ": its kernels for "
              + program.name()
              + " do not build ("
              + OpenClCall.name(result)
              + "); the compiler's log is in "
              + write(program, log));
    }
    return new OpenClProgram(device, queue, built);
  }

  /**
   * Transfers and waits. For a transfer without waiting, jocl starts a thread, which then calls the
   * driver at the same time as this one. Not all drivers allow that.
   */
  @Override
  public void upload(HostBuffer from, GpuBuffer to, long toOffset, long bytes) {
    queue.add(
        "a transfer to the device",
        (q, event) ->
            CL.clEnqueueWriteBuffer(
                q, mem(to), true, toOffset, bytes, pointer(from), 0, null, event));
  }

  /** Transfers and waits, for the same reason as {@link #upload}. */
  @Override
  public void download(GpuBuffer from, long fromOffset, HostBuffer to, long bytes) {
    queue.add(
        "a transfer from the device",
        (q, event) ->
            CL.clEnqueueReadBuffer(
                q, mem(from), true, fromOffset, bytes, pointer(to), 0, null, event));
  }

  @Override
  public void copy(GpuBuffer from, long fromOffset, GpuBuffer to, long toOffset, long bytes) {
    queue.add(
        "a copy",
        (q, event) ->
            CL.clEnqueueCopyBuffer(
                q, mem(from), mem(to), fromOffset, toOffset, bytes, 0, null, event));
  }

  @Override
  public GpuMark mark() {
    cl_event event = new cl_event();
    check(CL.clEnqueueMarkerWithWaitList(queue.queue(), 0, null, event), "queueing a mark");
    return new OpenClMark(device, event);
  }

  @Override
  public void finish() {
    queue.finish();
  }

  /** OpenCL 1.2 has no recordings, so each replay queues everything again. */
  @Override
  public GpuRecording record(Runnable work) {
    return new GpuRecording() {
      @Override
      public void replay() {
        work.run();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {
    queue.close();
    CL.clReleaseContext(context);
  }

  private void check(int status, String what) {
    OpenClCall.check(status, device, what);
  }

  private static cl_mem mem(GpuBuffer buffer) {
    return ((OpenClBuffer) buffer).mem();
  }

  private static Pointer pointer(HostBuffer buffer) {
    return Pointer.to(((OpenClHostBuffer) buffer).mapped());
  }

  private String buildLog(cl_program program) {
    long[] size = new long[1];
    CL.clGetProgramBuildInfo(program, id, CL.CL_PROGRAM_BUILD_LOG, 0, null, size);
    byte[] log = new byte[(int) size[0]];
    CL.clGetProgramBuildInfo(
        program, id, CL.CL_PROGRAM_BUILD_LOG, log.length, Pointer.to(log), null);
    return new String(log, StandardCharsets.UTF_8).replace("\0", "");
  }

  private static String write(DeviceProgram program, String log) {
    try (Temporary file = Temporary.file("lamina-" + program.name() + "-", ".log")) {
      PendingFiles.write(file.path(), log + "\n" + program.source());
      return file.keep().toString();
    } catch (IOException e) {
      return "no file, for none can be written (" + e.getMessage() + ")";
    }
  }
}
