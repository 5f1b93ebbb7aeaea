package dev.lamina.gguf;

/**
 * Text of a file made fit for a message on a terminal: one line, no control or invisible
 * characters, of bounded length.
 */
public final class Printable {
  private static final int MAX_LENGTH = 100;

  private Printable() {}

  /**
   * The text itself when it is a plain word as keys and tensor names are; otherwise in double
   * quotes, escaped and cut.
   */
  public static String quote(String text) {
    return isPlain(text) ? text : '"' + escape(text, MAX_LENGTH) + '"';
  }

  /** The text with control and invisible characters escaped; not cut. */
  public static String escape(String text) {
    return escape(text, Integer.MAX_VALUE);
  }

  private static boolean isPlain(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && text.chars()
            .allMatch(c ->
                c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || "._-/".indexOf(c) >= 0);
  }

  private static String escape(String text, int maxLength) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      if (out.length() >= maxLength) {
        return out.append('…').toString();
      }
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (isVisible(c)) {
            out.appendCodePoint(c);
          } else {
            out.append(String.format("\\u{%x}", c));
          }
        }
      }
    }
    return out.toString();
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
