package dev.lamina.cpu.system;

import dev.lamina.engine.backend.MissingModuleException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;

/**
 * The module of the Vector API, which the JVM does not load by itself. Only what has no machine
 * code needs it, so nobody else waits for its classes.
 */
public final class VectorModule {
  private static final String NAME = "jdk.incubator.vector";
  private static final String NOT_OPTIMIZED = "-XX:TieredStopAtLevel=1";
  private static final Logger LOG = System.getLogger(VectorModule.class.getName());

  private static boolean loaded;

  private VectorModule() {}

  /**
   * Loads the module, as {@code --add-modules} would, but without the warning that this option
   * prints at every start. A program that does not export {@code jdk.internal.module}, as the
   * manifest of the command line does, has to give the option.
   *
   * @throws MissingModuleException if the module is missing and cannot be loaded
   */
  public static synchronized void load() {
    if (loaded) {
      return;
    }
    loaded = true;
    if (ManagementFactory.getRuntimeMXBean().getInputArguments().contains(NOT_OPTIMIZED)) {
      LOG.log(
          Level.WARNING,
          "this computes by the Vector API, which is a hundred times slower without the optimizing"
              + " compiler; start the JVM with -XX:TieredStopAtLevel=4");
    }
    if (ModuleLayer.boot().findModule(NAME).isPresent()) {
      return;
    }
    try {
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, NAME);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException e) {
      loaded = false;
      throw new MissingModuleException(NAME, e);
    }
  }
}
