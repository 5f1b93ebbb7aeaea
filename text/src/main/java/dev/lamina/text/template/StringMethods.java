package dev.lamina.text.template;

import static dev.lamina.text.template.CallArgs.ABSENT;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/** Methods of str. Lengths and positions count code points. */
final class StringMethods {
  private static final Map<String, Method<String>> METHODS =
      Map.ofEntries(
          // Case
          Map.entry("upper", plain("upper", s -> s.toUpperCase(Locale.ROOT))),
          Map.entry("lower", plain("lower", s -> s.toLowerCase(Locale.ROOT))),
          Map.entry(
              "casefold", plain("casefold", s -> s.toLowerCase(Locale.ROOT).replace("ß", "ss"))),
          Map.entry("capitalize", plain("capitalize", StringMethods::capitalize)),
          Map.entry("title", plain("title", StringMethods::title)),
          Map.entry("swapcase", plain("swapcase", StringMethods::swapCase)),
          // Shape
          Map.entry("center", pad("center", (n, w) -> n / 2 + (n & w & 1))),
          Map.entry("ljust", pad("ljust", (n, w) -> 0)),
          Map.entry("rjust", pad("rjust", (n, w) -> n)),
          Map.entry("zfill", StringMethods::zeroFill),
          Map.entry("expandtabs", StringMethods::expandTabs),
          // Tests
          Map.entry("isspace", every("isspace", Chars::isSpace)),
          Map.entry("isalpha", every("isalpha", Character::isLetter)),
          Map.entry("isalnum", every("isalnum", Chars::isAlnum)),
          Map.entry("isdecimal", every("isdecimal", Character::isDigit)),
          Map.entry("isdigit", every("isdigit", Chars::isDigitLike)),
          Map.entry("isnumeric", every("isnumeric", Chars::isNumeric)),
          Map.entry("isascii", (s, args, budget) -> s.chars().allMatch(c -> c < 128)),
          Map.entry(
              "isprintable", (s, args, budget) -> s.codePoints().allMatch(Chars::isPrintable)),
          Map.entry("islower", (s, args, budget) -> isCase(s, false)),
          Map.entry("isupper", (s, args, budget) -> isCase(s, true)),
          Map.entry("istitle", (s, args, budget) -> isTitle(s)),
          Map.entry("isidentifier", (s, args, budget) -> isIdentifier(s)),
          // Search and parts
          Map.entry("find", (s, args, budget) -> StringSearch.find(s, args, true)),
          Map.entry("rfind", (s, args, budget) -> StringSearch.find(s, args, false)),
          Map.entry("index", (s, args, budget) -> StringSearch.index(s, args, true)),
          Map.entry("rindex", (s, args, budget) -> StringSearch.index(s, args, false)),
          Map.entry("count", (s, args, budget) -> StringSearch.count(s, args)),
          Map.entry("startswith", (s, args, budget) -> StringSearch.startsWith(s, args, true)),
          Map.entry("endswith", (s, args, budget) -> StringSearch.startsWith(s, args, false)),
          Map.entry("replace", StringSearch::replace),
          Map.entry("split", StringSplit::split),
          Map.entry("rsplit", StringSplit::rsplit),
          Map.entry("splitlines", StringSplit::splitLines),
          Map.entry("partition", (s, args, budget) -> StringSplit.partition(s, args, true)),
          Map.entry("rpartition", (s, args, budget) -> StringSplit.partition(s, args, false)),
          Map.entry("strip", (s, args, budget) -> StringSearch.strip(s, args, true, true)),
          Map.entry("lstrip", (s, args, budget) -> StringSearch.strip(s, args, true, false)),
          Map.entry("rstrip", (s, args, budget) -> StringSearch.strip(s, args, false, true)),
          Map.entry("removeprefix", (s, args, budget) -> StringSearch.removePrefix(s, args)),
          Map.entry("removesuffix", (s, args, budget) -> StringSearch.removeSuffix(s, args)),
          // Composition
          Map.entry("join", StringSearch::join),
          Map.entry("format", (s, args, budget) -> StrFormat.format(s, args, budget)),
          Map.entry("format_map", StringMethods::formatMap));

  private StringMethods() {}

  /** All names. */
  static Set<String> names() {
    return METHODS.keySet();
  }

  /** The method of that name of a String or {@link Markup}, or ABSENT. */
  static Object bind(Object self, String name, Budget budget) {
    Method<String> method = METHODS.get(name);
    if (method == null) {
      return ABSENT;
    }
    String text = Text.str(self, budget);
    return Function.of(
        "<built-in method " + name + " of " + Values.typeName(self) + " object>",
        args -> {
          budget.scan(text.length());
          Object result = method.call(text, args, budget);
          if (result instanceof String s) {
            budget.string(s.length());
            return Arithmetic.like(self, s);
          }
          return result;
        });
  }

  private static Method<String> plain(String name, UnaryOperator<String> body) {
    return (s, args, budget) -> {
      args.bind(name);
      return body.apply(s);
    };
  }

  private static Method<String> every(String name, IntPredicate test) {
    return (s, args, budget) -> {
      args.bind(name);
      return !s.isEmpty() && s.codePoints().allMatch(test);
    };
  }

  static String capitalize(String s) {
    if (s.isEmpty()) {
      return s;
    }
    int first = Character.charCount(s.codePointAt(0));
    return titleCase(s.substring(0, first)) + s.substring(first).toLowerCase(Locale.ROOT);
  }

  private static String titleCase(String character) {
    int c = character.codePointAt(0);
    int title = Character.toTitleCase(c);
    return title != c ? Character.toString(title) : capitalized(character);
  }

  // A letter such as sharp s has no title case of its own but a longer upper case.
  private static String capitalized(String character) {
    String upper = character.toUpperCase(Locale.ROOT);
    return upper.length() > character.length()
        ? upper.charAt(0) + upper.substring(1).toLowerCase(Locale.ROOT)
        : character;
  }

  private static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }

  private static String title(String s) {
    StringBuilder out = new StringBuilder(s.length());
    boolean inWord = false;
    for (int c : s.codePoints().toArray()) {
      String one = Character.toString(c);
      out.append(inWord ? one.toLowerCase(Locale.ROOT) : titleCase(one));
      inWord = isCased(c);
    }
    return out.toString();
  }

  private static String swapCase(String s) {
    StringBuilder out = new StringBuilder(s.length());
    for (int c : s.codePoints().toArray()) {
      String one = Character.toString(c);
      out.append(
          Character.isUpperCase(c) ? one.toLowerCase(Locale.ROOT) : one.toUpperCase(Locale.ROOT));
    }
    return out.toString();
  }

  /** True if the letters with case are all upper or all lower, and there are some. */
  static boolean isCase(String s, boolean upper) {
    boolean any = false;
    for (int c : s.codePoints().toArray()) {
      if (upper ? Character.isLowerCase(c) : Character.isUpperCase(c)) {
        return false;
      }
      if (Character.isTitleCase(c)) {
        return false;
      }
      any |= upper ? Character.isUpperCase(c) : Character.isLowerCase(c);
    }
    return any;
  }

  private static boolean isTitle(String s) {
    boolean any = false;
    boolean inWord = false;
    for (int c : s.codePoints().toArray()) {
      boolean capital = Character.isUpperCase(c) || Character.isTitleCase(c);
      if (capital == inWord && isCased(c)) {
        return false;
      }
      inWord = isCased(c);
      any |= inWord;
    }
    return any;
  }

  private static boolean isIdentifier(String s) {
    return !s.isEmpty()
        && (s.charAt(0) == '_' || Character.isUnicodeIdentifierStart(s.codePointAt(0)))
        && s.codePoints().allMatch(c -> c == '_' || Chars.isWord(c));
  }

  /** Pads to a width; {@code left} gives the share before the text from padding and width. */
  private static Method<String> pad(String name, BiFunction<Integer, Integer, Integer> left) {
    return (s, args, budget) -> {
      Object[] a = args.bind(name, "width", "fillchar?");
      int width = Numbers.index(a[0], "width");
      String fill = !CallArgs.given(a[1]) ? " " : text(a[1], name);
      if (fill.codePointCount(0, fill.length()) != 1) {
        throw new RenderError("the fill character must be exactly one character long");
      }
      int missing = width - s.codePointCount(0, s.length());
      if (missing <= 0) {
        return s;
      }
      budget.string(s.length() + (long) missing * fill.length());
      int before = left.apply(missing, width);
      return fill.repeat(before) + s + fill.repeat(missing - before);
    };
  }

  private static Object zeroFill(String s, CallArgs args, Budget budget) {
    int width = Numbers.index(args.bind("zfill", "width")[0], "width");
    int missing = width - s.codePointCount(0, s.length());
    if (missing <= 0) {
      return s;
    }
    budget.string(s.length() + (long) missing);
    int sign = s.startsWith("-") || s.startsWith("+") ? 1 : 0;
    return s.substring(0, sign) + "0".repeat(missing) + s.substring(sign);
  }

  private static Object expandTabs(String s, CallArgs args, Budget budget) {
    Object given = args.bind("expandtabs", "tabsize?")[0];
    int size = !CallArgs.given(given) ? 8 : Numbers.index(given, "tabsize");
    StringBuilder out = new StringBuilder(s.length());
    int column = 0;
    for (int c : s.codePoints().toArray()) {
      if (c == '\t') {
        int n = size <= 0 ? 0 : size - column % size;
        budget.fits((long) out.length() + n);
        budget.scan(n);
        out.append(" ".repeat(n));
        column += n;
      } else {
        out.appendCodePoint(c);
        column = c == '\n' || c == '\r' ? 0 : column + 1;
      }
    }
    return out.toString();
  }

  private static Object formatMap(String s, CallArgs args, Budget budget) {
    Object mapping = args.bind("format_map", "mapping")[0];
    CallArgs named = new CallArgs(java.util.List.of(), new java.util.LinkedHashMap<>());
    if (!(mapping instanceof Dict dict)) {
      throw new RenderError("format_map() needs a mapping, not " + Values.typeName(mapping));
    }
    for (Dict.Entry e : dict.entries()) {
      if (e.key instanceof String key) {
        named.named().put(key, e.value);
      }
    }
    return StrFormat.format(s, named, budget);
  }

  /** The text of an argument that has to be a string. */
  static String text(Object v, String function) {
    return switch (v) {
      case String s -> s;
      case Markup m -> m.text();
      case Undefined u -> throw u.error();
      case null, default ->
          throw new RenderError(function + "() argument must be str, not " + Values.typeName(v));
    };
  }
}
