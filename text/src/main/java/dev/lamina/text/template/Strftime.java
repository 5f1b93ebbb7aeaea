package dev.lamina.text.template;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** C's strftime in the C locale, as {@code datetime.strftime} gives it. */
final class Strftime {
  /** Two characters may ask for a name, which takes microseconds. */
  private static final long STEPS_PER_CHAR = 32;

  private Strftime() {}

  static String format(String format, ZonedDateTime t, Budget budget) {
    budget.string(format.length() * 32L);
    budget.charge(format.length() * STEPS_PER_CHAR);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char directive = format.charAt(++i);
      char flag = 0;
      if ((directive == '-' || directive == '_') && i + 1 < format.length()) {
        flag = directive;
        directive = format.charAt(++i);
      }
      out.append(flagged(directive(directive, t), flag));
    }
    return out.toString();
  }

  // GNU's flags: '-' drops the padding of a number, '_' pads with spaces.
  private static String flagged(String text, char flag) {
    if (flag == 0 || text.isEmpty() || !Chars.isDigit(text.charAt(text.length() - 1))) {
      return text;
    }
    int zeros = 0;
    while (zeros < text.length() - 1 && (text.charAt(zeros) == '0' || text.charAt(zeros) == ' ')) {
      zeros++;
    }
    return (flag == '_' ? " ".repeat(zeros) : "") + text.substring(zeros);
  }

  private static String directive(char c, ZonedDateTime t) {
    int hour12 = t.getHour() % 12 == 0 ? 12 : t.getHour() % 12;
    return switch (c) {
      case 'Y' -> Integer.toString(t.getYear());
      case 'C' -> two(t.getYear() / 100);
      case 'y' -> two(t.getYear() % 100);
      case 'm' -> two(t.getMonthValue());
      case 'd' -> two(t.getDayOfMonth());
      case 'e' -> spaced(t.getDayOfMonth());
      case 'j' -> String.format(Locale.ROOT, "%03d", t.getDayOfYear());
      case 'B' -> t.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'b', 'h' -> english(t, "MMM");
      case 'A' -> t.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'a' -> english(t, "EEE");
      case 'w' -> Integer.toString(t.getDayOfWeek().getValue() % 7);
      case 'u' -> Integer.toString(t.getDayOfWeek().getValue());
      case 'H' -> two(t.getHour());
      case 'k' -> spaced(t.getHour());
      case 'I' -> two(hour12);
      case 'l' -> spaced(hour12);
      case 'M' -> two(t.getMinute());
      case 'S' -> two(t.getSecond());
      case 'f' -> String.format(Locale.ROOT, "%06d", t.getNano() / 1000);
      case 'p' -> t.getHour() < 12 ? "AM" : "PM";
      case 'P' -> t.getHour() < 12 ? "am" : "pm";
      case 's' -> Long.toString(t.toEpochSecond());
      case 'G' -> Integer.toString(t.get(IsoFields.WEEK_BASED_YEAR));
      case 'g' -> two(t.get(IsoFields.WEEK_BASED_YEAR) % 100);
      case 'V' -> two(t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
      case 'U' -> two((t.getDayOfYear() + 6 - t.getDayOfWeek().getValue() % 7) / 7);
      case 'W' -> two((t.getDayOfYear() + 6 - (t.getDayOfWeek().getValue() + 6) % 7) / 7);
      case 'D', 'x' ->
          two(t.getMonthValue()) + "/" + two(t.getDayOfMonth()) + "/" + two(t.getYear() % 100);
      case 'F' -> t.getYear() + "-" + two(t.getMonthValue()) + "-" + two(t.getDayOfMonth());
      case 'T', 'X' -> clock(t);
      case 'R' -> two(t.getHour()) + ":" + two(t.getMinute());
      case 'r' -> two(hour12) + clock(t).substring(2) + " " + (t.getHour() < 12 ? "AM" : "PM");
      case 'c' ->
          english(t, "EEE MMM ") + spaced(t.getDayOfMonth()) + " " + clock(t) + " " + t.getYear();
      // datetime.now() knows no zone.
      case 'z', 'Z' -> "";
      case 'n' -> "\n";
      case 't' -> "\t";
      case '%' -> "%";
      default -> "%" + c;
    };
  }

  private static String english(ZonedDateTime t, String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.US).format(t);
  }

  private static String clock(ZonedDateTime t) {
    return two(t.getHour())
        + ":"
        + two(t.getMinute())
        + ":"
        + two(t.get(ChronoField.SECOND_OF_MINUTE));
  }

  private static String two(int n) {
    return n < 10 ? "0" + n : Integer.toString(n);
  }

  private static String spaced(int n) {
    return n < 10 ? " " + n : Integer.toString(n);
  }
}
