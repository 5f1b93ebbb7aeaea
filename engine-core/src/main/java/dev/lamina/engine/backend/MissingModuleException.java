package dev.lamina.engine.backend;

/** A backend needs a module of the JDK that the program was started without. */
public final class MissingModuleException extends BackendException {
  private static final long serialVersionUID = 1L;
  private final String module;

  public MissingModuleException(String module, Throwable cause) {
    super("start the program with java --add-modules " + module, cause);
    this.module = module;
  }

  /** The module, such as {@code jdk.incubator.vector}. */
  public String module() {
    return module;
  }
}
