package dev.lamina.text.template;

/** A failure inside the interpreter; becomes a {@link TemplateException} once its line is known. */
final class RenderError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RenderError(String message) {
    super(message, null, false, false);
  }
}
