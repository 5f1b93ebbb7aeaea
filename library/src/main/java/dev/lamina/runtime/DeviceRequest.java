package dev.lamina.runtime;

import dev.lamina.engine.placement.MemoryBudget;
import java.util.List;

/**
 * A request for GPUs.
 *
 * @param named ids such as {@code cuda:0}; empty for the CPU alone, null for the GPUs that are
 *     found
 * @param holding ids of devices that tensors are put on by name; they must exist
 * @param only index of the only one of these GPUs to use, from 0; -1 for all
 * @param useful whether the options allow anything on a GPU
 * @param wanted whether the user asked for a GPU; then there is a warning if there is none,
 *     otherwise small models stay on the CPU
 * @param budget limit on the memory used on each GPU
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
}
