package dev.lamina.engine.backend;

import java.lang.foreign.MemorySegment;

/**
 * Whether the JVM lets this program call native code: drivers, the system, machine code of its own.
 * It does unless it was started to refuse that. Whoever calls native code asks here first.
 */
public final class NativeAccess {
  /** Why there is something that this program does without. */
  public static final String DENIED = "native access is denied";

  private static final boolean ALLOWED = attempt();

  private NativeAccess() {}

  /** Whether native code can be called. */
  public static boolean isAllowed() {
    return ALLOWED;
  }

  /** The JVM tells whether it allows such calls only by allowing or refusing one. */
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
