package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Methods of str that cut it in parts. */
final class StringSplit {
  private StringSplit() {}

  static Object split(String s, CallArgs args, Budget budget) {
    Object[] a = args.bind("split", "sep?", "maxsplit?");
    int max = !CallArgs.given(a[1]) ? -1 : Numbers.index(a[1], "maxsplit");
    List<Object> parts =
        !CallArgs.given(a[0]) || a[0] == null
            ? bySpace(s, limit(max), budget)
            : bySeparator(s, separator(a[0]), limit(max), budget);
    return parts;
  }

  static Object rsplit(String s, CallArgs args, Budget budget) {
    Object[] a = args.bind("rsplit", "sep?", "maxsplit?");
    int max = !CallArgs.given(a[1]) ? -1 : Numbers.index(a[1], "maxsplit");
    List<Object> parts =
        !CallArgs.given(a[0]) || a[0] == null
            ? bySpaceFromEnd(s, limit(max), budget)
            : bySeparatorFromEnd(s, separator(a[0]), limit(max), budget);
    return parts;
  }

  private static int limit(int max) {
    return max < 0 ? Integer.MAX_VALUE : max;
  }

  private static String separator(Object v) {
    String separator = StringMethods.text(v, "split");
    if (separator.isEmpty()) {
      throw new RenderError("empty separator");
    }
    return separator;
  }

  private static List<Object> bySeparator(String s, String separator, int max, Budget budget) {
    List<Object> parts = new ArrayList<>();
    int pos = 0;
    int at = TextSearch.indexOf(s, separator, 0);
    while (at >= 0 && parts.size() < max) {
      budget.elements(1);
      parts.add(s.substring(pos, at));
      pos = at + separator.length();
      at = TextSearch.indexOf(s, separator, pos);
    }
    parts.add(s.substring(pos));
    return parts;
  }

  private static List<Object> bySeparatorFromEnd(
      String s, String separator, int max, Budget budget) {
    List<Object> parts = new ArrayList<>();
    int end = s.length();
    int at = TextSearch.lastIndexOf(s, separator, s.length());
    while (at >= 0 && parts.size() < max) {
      budget.elements(1);
      parts.add(s.substring(at + separator.length(), end));
      end = at;
      at =
          end < separator.length()
              ? -1
              : TextSearch.lastIndexOf(s, separator, end - separator.length());
    }
    parts.add(s.substring(0, end));
    Collections.reverse(parts);
    return parts;
  }

  private static List<Object> bySpace(String s, int max, Budget budget) {
    List<Object> parts = new ArrayList<>();
    int pos = Chars.skipSpace(s, 0);
    while (pos < s.length()) {
      if (parts.size() == max) {
        parts.add(s.substring(pos));
        break;
      }
      int end = pos;
      while (end < s.length() && !Chars.isSpace(s.charAt(end))) {
        end++;
      }
      budget.elements(1);
      parts.add(s.substring(pos, end));
      pos = Chars.skipSpace(s, end);
    }
    return parts;
  }

  private static List<Object> bySpaceFromEnd(String s, int max, Budget budget) {
    List<Object> parts = new ArrayList<>();
    int end = Chars.trimmedEnd(s, 0, s.length());
    while (end > 0) {
      if (parts.size() == max) {
        parts.add(s.substring(0, end));
        break;
      }
      int start = end;
      while (start > 0 && !Chars.isSpace(s.charAt(start - 1))) {
        start--;
      }
      budget.elements(1);
      parts.add(s.substring(start, end));
      end = Chars.trimmedEnd(s, 0, start);
    }
    Collections.reverse(parts);
    return parts;
  }

  static Object splitLines(String s, CallArgs args, Budget budget) {
    Object keep = args.bind("splitlines", "keepends?")[0];
    return new ArrayList<Object>(lines(s, CallArgs.given(keep) && Values.truth(keep), budget));
  }

  static List<String> lines(String s, boolean keepEnds, Budget budget) {
    List<String> lines = new ArrayList<>();
    int pos = 0;
    while (pos < s.length()) {
      int end = pos;
      while (end < s.length() && !Chars.isLineBreak(s.charAt(end))) {
        end++;
      }
      int next = s.startsWith("\r\n", end) ? end + 2 : Math.min(end + 1, s.length());
      budget.elements(1);
      lines.add(s.substring(pos, keepEnds ? next : end));
      pos = next;
    }
    return lines;
  }

  static Object partition(String s, CallArgs args, boolean first) {
    String separator = separator(args.bind("partition", "sep")[0]);
    int at =
        first
            ? TextSearch.indexOf(s, separator, 0)
            : TextSearch.lastIndexOf(s, separator, s.length());
    if (at < 0) {
      return first ? Tuple.of(s, "", "") : Tuple.of("", "", s);
    }
    return Tuple.of(s.substring(0, at), separator, s.substring(at + separator.length()));
  }
}
