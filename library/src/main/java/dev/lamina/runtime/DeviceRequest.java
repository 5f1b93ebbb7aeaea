package dev.lamina.runtime;

import dev.lamina.engine.placement.MemoryBudget;
import java.util.List;

/**
 * Which GPUs to use.
 *
 * @param named ids such as {@code cuda:0}, none of them for the CPU alone; null: those found
 * @param holding ids of devices that tensors are put on by name, which have to be there
 * @param only number of the only GPU to use of these, from 0; -1: all
 * @param useful whether anything can end up on a GPU
 * @param wanted whether the user asked for a GPU and is to be told if there is none; otherwise
 *     small models stay on the CPU
 * @param budget memory of each that may be used
 */
public record DeviceRequest(
    List<String> named,
    List<String> holding,
    int only,
    boolean useful,
    boolean wanted,
    MemoryBudget budget) {
  public DeviceRequest {
    named = named == null ? null : List.copyOf(named);
    holding = List.copyOf(holding);
  }

  /** The GPUs found on this machine, if the model is large enough to gain by them. */
  public static DeviceRequest found() {
    return new DeviceRequest(null, List.of(), -1, true, false, MemoryBudget.AUTO);
  }
}
