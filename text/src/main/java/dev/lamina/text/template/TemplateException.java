package dev.lamina.text.template;

/**
 * A chat template is malformed, raised an error itself, or exceeded its bounds. The message is one
 * line and names the template's line where one is known.
 */
public final class TemplateException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_MESSAGE = 500;

  public TemplateException(String message) {
    super(oneLine(message));
  }

  public TemplateException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  static TemplateException atLine(int line, String message) {
    return new TemplateException("chat template, line " + line + ": " + message);
  }

  /** The message may quote the template or a chat message, so it is flattened and cut. */
  private static String oneLine(String message) {
    String head = message.substring(0, Math.min(message.length(), 4 * MAX_MESSAGE));
    String flat = head.strip().replaceAll("\\s*[\\r\\n\\u0085\\u2028\\u2029]+\\s*", " ");
    return flat.length() <= MAX_MESSAGE ? flat : flat.substring(0, MAX_MESSAGE) + "...";
  }
}
