package dev.lamina.cpu.system;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.util.Set;

/**
 * The facts about a machine that its code depends on.
 *
 * @param x64 whether the processor understands x86-64
 * @param windows whether functions use the calling convention of Windows, otherwise that of Linux
 */
public record Platform(boolean x64, boolean windows) {
  private static final Set<String> X64 = Set.of("amd64", "x86_64");

  /** This machine; on systems other than Linux and Windows machine code is not supported. */
  public static Platform current() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return of(system.getName(), system.getArch());
  }

  /** Finds the platform by Java's names of the system and the processor. */
  public static Platform of(String system, String processor) {
    boolean windows = system.startsWith("Windows");
    return new Platform(X64.contains(processor) && (windows || system.equals("Linux")), windows);
  }
}
