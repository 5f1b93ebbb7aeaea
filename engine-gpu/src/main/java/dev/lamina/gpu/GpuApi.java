package dev.lamina.gpu;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.kernels.device.DeviceProgram;

/**
 * What the backends need of CUDA or OpenCL: one opened device with one queue, which does one thing
 * after the other. Used by one thread at a time. Every method can throw {@link BackendException};
 * errors of queued work may appear in a later call, at the latest in {@link #finish}.
 */
public interface GpuApi extends GpuResource {
  /** The device as in {@code --device}, for messages. */
  String device();

  /**
   * Takes memory on the device. Its contents are undefined.
   *
   * @param what it is for, for messages
   */
  GpuBuffer allocate(String what, long bytes);

  /** Takes memory of the host that the device can reach; below 2 GiB. */
  HostBuffer allocateHost(String what, long bytes);

  /** The most bytes that a host buffer should have; larger transfers are made in pieces. */
  default long hostBytes() {
    return 256 << 20;
  }

  /**
   * Builds a program.
   *
   * @throws BackendException if it does not build; the message names the file with the build log
   */
  GpuProgram build(DeviceProgram program);

  /** Queues a transfer from the start of a host buffer, which must not change before it is done. */
  void upload(HostBuffer from, GpuBuffer to, long toOffset, long bytes);

  /** Queues a transfer to the start of a host buffer. */
  void download(GpuBuffer from, long fromOffset, HostBuffer to, long bytes);

  /** Queues a copy to the start of another buffer. */
  void copy(GpuBuffer from, long fromOffset, GpuBuffer to, long bytes);

  /** Marks this point of the queue. */
  GpuMark mark();

  /**
   * Waits until all that was queued is done.
   *
   * @throws BackendException if any of it failed, however late the driver tells
   */
  void finish();

  /**
   * Makes a recording of what {@code work} queues, with the arguments and addresses that it uses;
   * nothing is queued yet.
   */
  GpuRecording record(Runnable work);
}
