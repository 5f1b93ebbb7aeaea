package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntPredicate;

/** Methods of str that look for, remove or replace a part. */
final class StringSearch {
  private StringSearch() {}

  /**
   * A window of a string, in UTF-16 positions; {@code valid} is false if it starts beyond the end.
   */
  private record Window(int from, int to, boolean valid) {}

  private static Window window(String s, Object start, Object end) {
    int length = s.codePointCount(0, s.length());
    int from = bound(start, 0, length);
    int to = Math.min(bound(end, length, length), length);
    if (from > length || from > to) {
      return new Window(0, 0, false);
    }
    int first = s.offsetByCodePoints(0, from);
    return new Window(first, s.offsetByCodePoints(first, to - from), true);
  }

  private static int bound(Object v, int absent, int length) {
    if (!CallArgs.given(v) || v == null) {
      return absent;
    }
    int i = Numbers.index(v, "index");
    return i < 0 ? Math.max(0, i + length) : i;
  }

  /** Position in code points of the first or last occurrence, or -1. */
  static long find(String s, CallArgs args, boolean first) {
    Object[] a = args.bind("find", "sub", "start?", "end?");
    String sub = StringMethods.text(a[0], "find");
    Window w = window(s, a[1], a[2]);
    if (!w.valid()) {
      return -1;
    }
    String part = s.substring(w.from(), w.to());
    int at =
        first ? TextSearch.indexOf(part, sub, 0) : TextSearch.lastIndexOf(part, sub, part.length());
    return at < 0 ? -1 : s.codePointCount(0, w.from() + at);
  }

  static long index(String s, CallArgs args, boolean first) {
    long at = find(s, args, first);
    if (at < 0) {
      throw new RenderError("substring not found");
    }
    return at;
  }

  static long count(String s, CallArgs args) {
    Object[] a = args.bind("count", "sub", "start?", "end?");
    String sub = StringMethods.text(a[0], "count");
    Window w = window(s, a[1], a[2]);
    if (!w.valid()) {
      return 0;
    }
    String part = s.substring(w.from(), w.to());
    if (sub.isEmpty()) {
      return part.codePointCount(0, part.length()) + 1L;
    }
    long count = 0;
    int i = TextSearch.indexOf(part, sub, 0);
    while (i >= 0) {
      count++;
      i = TextSearch.indexOf(part, sub, i + sub.length());
    }
    return count;
  }

  static boolean startsWith(String s, CallArgs args, boolean start) {
    String name = start ? "startswith" : "endswith";
    Object[] a = args.bind(name, "prefix", "start?", "end?");
    List<Object> wanted =
        a[0] instanceof Tuple t ? t.items() : java.util.Collections.singletonList(a[0]);
    Window w = window(s, a[1], a[2]);
    for (Object v : wanted) {
      String text = StringMethods.text(v, name);
      if (w.valid()
          && text.length() <= w.to() - w.from()
          && s.startsWith(text, start ? w.from() : w.to() - text.length())) {
        return true;
      }
    }
    return false;
  }

  static Object replace(String s, CallArgs args, Budget budget) {
    Object[] a = args.bind("replace", "old", "new", "count?");
    int count = !CallArgs.given(a[2]) ? -1 : Numbers.index(a[2], "count");
    return replace(
        s, StringMethods.text(a[0], "replace"), StringMethods.text(a[1], "replace"), count, budget);
  }

  /** Replaces the first {@code count} occurrences, or all if it is negative. */
  static String replace(String s, String old, String with, int count, Budget budget) {
    StringBuilder out = new StringBuilder(s.length());
    int left = count < 0 ? Integer.MAX_VALUE : count;
    int pos = 0;
    // An empty text is found before each character and at the end.
    for (int at = TextSearch.indexOf(s, old, 0); at >= 0 && left > 0; left--) {
      out.append(s, pos, at).append(with);
      budget.fits(out.length());
      pos = at + old.length();
      int next = pos;
      if (old.isEmpty()) {
        if (at == s.length()) {
          break;
        }
        next = s.offsetByCodePoints(at, 1);
      }
      at = TextSearch.indexOf(s, old, next);
    }
    out.append(s, pos, s.length());
    budget.string(out.length());
    return out.toString();
  }

  static String strip(String s, CallArgs args, boolean left, boolean right) {
    Object chars = args.bind("strip", "chars?")[0];
    String set =
        !CallArgs.given(chars) || chars == null ? null : StringMethods.text(chars, "strip");
    return strip(s, set, left, right);
  }

  /** Removes white space, or the code points of {@code set}, from the chosen ends. */
  static String strip(String s, String set, boolean left, boolean right) {
    IntPredicate strips = set == null ? Chars::isSpace : anyOf(set);
    int from = 0;
    int to = s.length();
    while (left && from < to && strips.test(s.codePointAt(from))) {
      from += Character.charCount(s.codePointAt(from));
    }
    while (right && to > from && strips.test(s.codePointBefore(to))) {
      to -= Character.charCount(s.codePointBefore(to));
    }
    return s.substring(from, to);
  }

  private static IntPredicate anyOf(String set) {
    BitSet codePoints = new BitSet();
    set.codePoints().forEach(codePoints::set);
    return codePoints::get;
  }

  static String removePrefix(String s, CallArgs args) {
    String prefix = StringMethods.text(args.bind("removeprefix", "prefix")[0], "removeprefix");
    return s.startsWith(prefix) ? s.substring(prefix.length()) : s;
  }

  static String removeSuffix(String s, CallArgs args) {
    String suffix = StringMethods.text(args.bind("removesuffix", "suffix")[0], "removesuffix");
    return s.endsWith(suffix) ? s.substring(0, s.length() - suffix.length()) : s;
  }

  static Object join(String separator, CallArgs args, Budget budget) {
    List<String> parts = new ArrayList<>();
    Iterator<Object> items = Values.iterator(args.bind("join", "iterable")[0]);
    while (items.hasNext()) {
      Object item = items.next();
      if (!Values.isString(item)) {
        throw new RenderError(
            "sequence item "
                + parts.size()
                + ": expected str instance, "
                + Values.typeName(item)
                + " found");
      }
      budget.elements(1);
      parts.add(Text.str(item, budget));
    }
    return join(separator, parts, budget);
  }

  static String join(String separator, List<String> parts, Budget budget) {
    long length = (long) separator.length() * Math.max(0, parts.size() - 1);
    for (String part : parts) {
      length += part.length();
    }
    budget.string(length);
    return String.join(separator, parts);
  }
}
