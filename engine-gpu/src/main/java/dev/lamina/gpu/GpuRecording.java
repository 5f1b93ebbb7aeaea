package dev.lamina.gpu;

/** A sequence of launches and transfers that can be queued again and again. */
public interface GpuRecording extends GpuResource {
  /** Queues all of it. */
  void replay();
}
