package dev.lamina.gpu;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.kernels.device.DeviceProgram;

/**
 * The functions of CUDA or OpenCL that the backends use: an opened device with a queue that runs
 * one command after the other. Used by one thread at a time. Every method can throw {@link
 * BackendException}; errors of queued work may appear in a later call, at the latest in {@link
 * #finish}.
 */
public interface GpuApi extends GpuResource {
  /** The device's name in {@code --device}, for messages. */
  String device();

  /**
   * Allocates memory on the device. Its contents are undefined.
   *
   * @param what its purpose, for messages
   */
  GpuBuffer allocate(String what, long bytes);

  /** Allocates host memory that the device can access, less than 2 GiB. */
  HostBuffer allocateHost(String what, long bytes);

  /** The largest size of a host buffer in bytes; larger transfers are made in pieces. */
  default long hostBytes() {
    return 256 << 20;
  }

  /**
   * Builds a program.
   *
   * @throws BackendException if the build fails; the message names the file with the build log
   */
  GpuProgram build(DeviceProgram program);

  /**
   * Queues a transfer from the start of a host buffer. The buffer must not change before the
   * transfer is done.
   */
  void upload(HostBuffer from, GpuBuffer to, long toOffset, long bytes);

  /** Queues a transfer to the start of a host buffer. */
  void download(GpuBuffer from, long fromOffset, HostBuffer to, long bytes);

  /** Queues a copy to another buffer, or to another place of the same one that does not overlap. */
  void copy(GpuBuffer from, long fromOffset, GpuBuffer to, long toOffset, long bytes);

  /** Marks this point of the queue. */
  GpuMark mark();

  /**
   * Waits until all queued work is done.
   *
   * @throws BackendException if any of the work failed, even if the driver reports it only now
   */
  void finish();

  /** Records what {@code work} queues, with its arguments and addresses, without running it. */
  GpuRecording record(Runnable work);
}
