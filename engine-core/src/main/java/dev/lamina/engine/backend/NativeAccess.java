package dev.lamina.engine.backend;

import java.lang.foreign.MemorySegment;

/**
 * Tells whether the JVM lets this program call native code: drivers, the system, and the program's
 * own machine code. The JVM allows it unless it was started with an option that forbids it. Code
 * that calls native code checks here first.
 */
public final class NativeAccess {
  /** The reason to give when a feature is missing because native access is denied. */
  public static final String DENIED = "native access is denied";

  private static final boolean ALLOWED = attempt();

  private NativeAccess() {}

  /** Whether native code can be called. */
  public static boolean isAllowed() {
    return ALLOWED;
  }

  /**
   * Tries one native call, because the JVM has no other way to tell whether it allows such calls.
   */
  @SuppressWarnings("restricted") // touches nothing
  private static boolean attempt() {
    try {
      MemorySegment _ = MemorySegment.NULL.reinterpret(0);
      return true;
    } catch (IllegalCallerException e) {
      return false;
    }
  }
}
