package dev.lamina.gpu;

/** A sequence of launches and transfers that can be queued repeatedly. */
public interface GpuRecording extends GpuResource {
  /** Queues the whole recording. */
  void replay();
}
