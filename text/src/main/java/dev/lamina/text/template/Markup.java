package dev.lamina.text.template;

/** A string marked safe for HTML: joined with {@code +} to others, it escapes them. */
record Markup(String text) {

  static Markup escape(String text, Budget budget) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      budget.fits(out.length());
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '\'' -> out.append("&#39;");
        case '"' -> out.append("&#34;");
        default -> out.append(c);
      }
    }
    budget.string(out.length());
    return new Markup(out.toString());
  }
}
