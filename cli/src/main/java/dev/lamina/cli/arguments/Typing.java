package dev.lamina.cli.arguments;

/** Detects changes that editors and web pages make to command lines. */
final class Typing {
  /** Characters that word processors put in place of hyphens. */
  private static final String DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212";

  private Typing() {}

  /**
   * Checks the value of an option.
   *
   * @throws ArgumentException if a value ends in a carriage return; a text may
   */
  static void checkValue(String name, KnownOptions.Match option, String value) {
    checkLineEnd(name);
    if (!option.takesText()) {
      checkLineEnd(value);
    }
  }

  /**
   * Checks a parameter.
   *
   * @throws ArgumentException if the word is not a parameter but an altered option
   */
  static void checkParameter(String word, KnownOptions known) {
    checkLineEnd(word);
    if (word.isEmpty() || DASHES.indexOf(word.charAt(0)) < 0) {
      return;
    }
    int dashes = 1;
    while (dashes < word.length()
        && (DASHES.indexOf(word.charAt(dashes)) >= 0 || word.charAt(dashes) == '-')) {
      dashes++;
    }
    String name = ArgumentReader.normal("--" + word.substring(dashes)).replaceFirst("=.*", "");
    String option = known.find(name) != null ? name : name.substring(1);
    if (known.find(option) != null || !known.takesParameters()) {
      throw new ArgumentException(
          "'%s' begins with a dash that is no hyphen (U+%04X), as web pages and word processors make of it; type %s"
              .formatted(
                  word, (int) word.charAt(0), known.find(option) != null ? option : "hyphens"));
    }
  }

  private static void checkLineEnd(String word) {
    if (word.endsWith("\r")) {
      throw new ArgumentException(
          "'%s' ends in a carriage return (\\r); the script has the line ends of Windows: convert it with `sed -i 's/\\r$//' SCRIPT`"
              .formatted(word.substring(0, word.length() - 1) + "\\r"));
    }
  }
}
