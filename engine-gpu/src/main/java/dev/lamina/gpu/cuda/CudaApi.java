package dev.lamina.gpu.cuda;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.gpu.GpuApi;
import dev.lamina.gpu.GpuBuffer;
import dev.lamina.gpu.GpuMark;
import dev.lamina.gpu.GpuProgram;
import dev.lamina.gpu.GpuRecording;
import dev.lamina.gpu.HostBuffer;
import dev.lamina.kernels.device.DeviceProgram;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** The CUDA driver API, with one stream. */
final class CudaApi implements GpuApi {
  private final CudaContext context;
  private final CUstream stream = new CUstream();

  /**
   * Opens a device.
   *
   * @throws BackendException if the device cannot be opened
   */
  CudaApi(String device, CUdevice id) {
    context = new CudaContext(device, id);
    try {
      context.makeCurrent();
      int flags = CUstream_flags.CU_STREAM_NON_BLOCKING;
      context.check(JCudaDriver.cuStreamCreate(stream, flags), "creating a stream");
    } catch (BackendException e) {
      context.close();
      throw e;
    }
  }

  @Override
  public String device() {
    return context.name();
  }

  @Override
  public GpuBuffer allocate(String what, long bytes) {
    context.makeCurrent();
    CUdeviceptr pointer = new CUdeviceptr();
    context.check(
        JCudaDriver.cuMemAlloc(pointer, bytes), "allocating " + bytes + " bytes for " + what);
    return new CudaBuffer(context, pointer, bytes);
  }

  @Override
  public HostBuffer allocateHost(String what, long bytes) {
    String operation = "allocating " + bytes + " bytes of the host for " + what;
    HostBuffer.checkSize(device(), operation, bytes);
    context.makeCurrent();
    Pointer pointer = new Pointer();
    context.check(JCudaDriver.cuMemAllocHost(pointer, bytes), operation);
    MemorySegment segment =
        MemorySegment.ofBuffer(pointer.getByteBuffer(0, bytes).order(ByteOrder.nativeOrder()));
    return new CudaHostBuffer(context, pointer, segment);
  }

  @Override
  public GpuProgram build(DeviceProgram program) {
    context.makeCurrent();
    CUmodule module = new CUmodule();
    context.check(
        JCudaDriver.cuModuleLoadDataEx(
            module, program.ptx(), 0, new int[0], Pointer.to(new int[0])),
        "loading the kernels for " + program.name());
    return new CudaProgram(context, stream, module);
  }

  @Override
  public void upload(HostBuffer from, GpuBuffer to, long toOffset, long bytes) {
    context.makeCurrent();
    CUdeviceptr target = pointer(to).withByteOffset(toOffset);
    context.check(
        JCudaDriver.cuMemcpyHtoDAsync(target, pointer(from), bytes, stream),
        "a transfer to the device");
  }

  @Override
  public void download(GpuBuffer from, long fromOffset, HostBuffer to, long bytes) {
    context.makeCurrent();
    CUdeviceptr source = pointer(from).withByteOffset(fromOffset);
    context.check(
        JCudaDriver.cuMemcpyDtoHAsync(pointer(to), source, bytes, stream),
        "a transfer from the device");
  }

  @Override
  public void copy(GpuBuffer from, long fromOffset, GpuBuffer to, long toOffset, long bytes) {
    context.makeCurrent();
    CUdeviceptr source = pointer(from).withByteOffset(fromOffset);
    CUdeviceptr target = pointer(to).withByteOffset(toOffset);
    context.check(JCudaDriver.cuMemcpyDtoDAsync(target, source, bytes, stream), "a copy");
  }

  @Override
  public GpuMark mark() {
    context.makeCurrent();
    CUevent event = new CUevent();
    int flags = CUevent_flags.CU_EVENT_DISABLE_TIMING;
    context.check(JCudaDriver.cuEventCreate(event, flags), "creating an event");
    CudaMark mark = new CudaMark(context, event);
    int status = JCudaDriver.cuEventRecord(event, stream);
    if (status != CUresult.CUDA_SUCCESS) {
      mark.close();
      context.check(status, "queueing an event");
    }
    return mark;
  }

  @Override
  public void finish() {
    context.makeCurrent();
    context.check(JCudaDriver.cuStreamSynchronize(stream), "computing");
  }

  @Override
  public GpuRecording record(Runnable work) {
    context.makeCurrent();
    int mode = CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL;
    context.check(JCudaDriver.cuStreamBeginCapture(stream, mode), "beginning a graph");
    CUgraph graph = new CUgraph();
    RuntimeException failure = null;
    try {
      work.run();
    } catch (RuntimeException e) {
      failure = e;
    }
    // End the recording in any case: a recording stream accepts nothing else.
    int status = JCudaDriver.cuStreamEndCapture(stream, graph);
    if (failure != null) {
      if (status == CUresult.CUDA_SUCCESS) {
        JCudaDriver.cuGraphDestroy(graph);
      }
      throw failure;
    }
    context.check(status, "ending a graph");
    CUgraphExec exec = new CUgraphExec();
    status = JCudaDriver.cuGraphInstantiate(exec, graph, 0);
    JCudaDriver.cuGraphDestroy(graph);
    context.check(status, "instantiating a graph");
    return new CudaRecording(context, stream, exec);
  }

  @Override
  public void close() {
    context.makeCurrentToClose();
    JCudaDriver.cuStreamDestroy(stream);
    context.close();
  }

  private static CUdeviceptr pointer(GpuBuffer buffer) {
    return ((CudaBuffer) buffer).pointer();
  }

  private static Pointer pointer(HostBuffer buffer) {
    return ((CudaHostBuffer) buffer).pointer();
  }
}
