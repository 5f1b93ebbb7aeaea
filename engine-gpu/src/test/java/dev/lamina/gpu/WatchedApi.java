package dev.lamina.gpu;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.kernels.device.DeviceProgram;
import dev.lamina.kernels.device.Launch;
import java.lang.foreign.MemorySegment;

/** Passes calls on to another API, counts live resources, and fails at a call on demand. */
final class WatchedApi implements GpuApi {
  /** Kinds of calls that can fail on demand. */
  enum Call {
    ALLOCATE,
    ALLOCATE_HOST,
    BUILD,
    UPLOAD,
    DOWNLOAD,
    MARK,
    FINISH
  }

  private final GpuApi api;
  private Call failing;
  private int callsLeft;
  private boolean failed;
  private int alive;
  private long deviceBytes;
  private long uploadedBytes;
  private long hostBytes;
  private String failingKernel;
  private String failedKernel;

  WatchedApi(GpuApi api) {
    this.api = api;
  }

  /** Fails at the k-th call of a kind from now on, counted from 0. */
  void failAt(Call call, int k) {
    failing = call;
    callsLeft = k;
    failed = false;
  }

  /** Lets a kernel fail as in drivers: its launch succeeds, and only waiting reports the error. */
  void failKernel(String name) {
    failingKernel = name;
    failedKernel = null;
  }

  /** Makes host buffers no larger than this. */
  void limitHostBuffers(long bytes) {
    hostBytes = bytes;
  }

  boolean hasFailed() {
    return failed;
  }

  /** Number of resources that are not closed. */
  int alive() {
    return alive;
  }

  /** Bytes sent to the device so far. */
  long uploadedBytes() {
    return uploadedBytes;
  }

  /** Bytes of device memory allocated so far. */
  long deviceBytes() {
    return deviceBytes;
  }

  @Override
  public String device() {
    return api.device();
  }

  @Override
  public GpuBuffer allocate(String what, long bytes) {
    pass(Call.ALLOCATE);
    GpuBuffer buffer = api.allocate(what, bytes);
    alive++;
    deviceBytes += bytes;
    return new WatchedBuffer(buffer);
  }

  @Override
  public HostBuffer allocateHost(String what, long bytes) {
    pass(Call.ALLOCATE_HOST);
    HostBuffer buffer = api.allocateHost(what, bytes);
    alive++;
    return new WatchedHostBuffer(buffer);
  }

  @Override
  public long hostBytes() {
    return hostBytes == 0 ? api.hostBytes() : hostBytes;
  }

  @Override
  public GpuProgram build(DeviceProgram program) {
    pass(Call.BUILD);
    GpuProgram built = api.build(program);
    alive++;
    return new GpuProgram() {
      @Override
      public GpuKernel kernel(String name) {
        alive++;
        return new WatchedKernel(built.kernel(name));
      }

      @Override
      public void close() {
        alive--;
        built.close();
      }
    };
  }

  @Override
  public void upload(HostBuffer from, GpuBuffer to, long toOffset, long bytes) {
    uploadedBytes += bytes;
    pass(Call.UPLOAD);
    api.upload(host(from), buffer(to), toOffset, bytes);
  }

  @Override
  public void download(GpuBuffer from, long fromOffset, HostBuffer to, long bytes) {
    pass(Call.DOWNLOAD);
    api.download(buffer(from), fromOffset, host(to), bytes);
  }

  @Override
  public void copy(GpuBuffer from, long fromOffset, GpuBuffer to, long toOffset, long bytes) {
    api.copy(buffer(from), fromOffset, buffer(to), toOffset, bytes);
  }

  @Override
  public GpuMark mark() {
    pass(Call.MARK);
    GpuMark mark = api.mark();
    alive++;
    return new GpuMark() {
      @Override
      public void await() {
        mark.await();
      }

      @Override
      public void close() {
        alive--;
        mark.close();
      }
    };
  }

  @Override
  public void finish() {
    pass(Call.FINISH);
    api.finish();
    if (failedKernel != null) {
      throw new BackendException(device() + ": " + failedKernel + " failed when it ran");
    }
  }

  @Override
  public GpuRecording record(Runnable work) {
    return api.record(work);
  }

  @Override
  public void close() {
    api.close();
  }

  private void pass(Call call) {
    if (call == failing && callsLeft-- == 0) {
      failed = true;
      throw new BackendException(device() + ": " + call + " failed as it was told to");
    }
  }

  private static GpuBuffer buffer(GpuBuffer buffer) {
    return ((WatchedBuffer) buffer).buffer;
  }

  private static HostBuffer host(HostBuffer buffer) {
    return ((WatchedHostBuffer) buffer).buffer;
  }

  private final class WatchedBuffer implements GpuBuffer {
    private final GpuBuffer buffer;

    WatchedBuffer(GpuBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public long bytes() {
      return buffer.bytes();
    }

    @Override
    public void close() {
      alive--;
      buffer.close();
    }
  }

  private final class WatchedHostBuffer implements HostBuffer {
    private final HostBuffer buffer;

    WatchedHostBuffer(HostBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    public MemorySegment segment() {
      return buffer.segment();
    }

    @Override
    public void close() {
      alive--;
      buffer.close();
    }
  }

  private final class WatchedKernel implements GpuKernel {
    private final GpuKernel kernel;

    WatchedKernel(GpuKernel kernel) {
      this.kernel = kernel;
    }

    @Override
    public GpuKernel set(int index, GpuBuffer value) {
      kernel.set(index, buffer(value));
      return this;
    }

    @Override
    public GpuKernel set(int index, int value) {
      kernel.set(index, value);
      return this;
    }

    @Override
    public GpuKernel set(int index, float value) {
      kernel.set(index, value);
      return this;
    }

    @Override
    public void launch(Launch launch) {
      if (launch.kernel().equals(failingKernel)) {
        failedKernel = launch.kernel();
      } else {
        kernel.launch(launch);
      }
    }

    @Override
    public void close() {
      alive--;
      kernel.close();
    }
  }
}
