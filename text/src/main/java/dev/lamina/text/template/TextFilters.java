package dev.lamina.text.template;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Filters on text. */
final class TextFilters {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+");
  private static final Pattern BAD_ATTRIBUTE = Pattern.compile("[\\s/>=]");

  static final Map<String, Filter> ALL =
      Map.ofEntries(
          Map.entry("string", (v, a, b) -> v instanceof Markup ? v : Text.str(v, b)),
          Map.entry("upper", method("upper")),
          Map.entry("lower", method("lower")),
          Map.entry("capitalize", method("capitalize")),
          Map.entry("title", TextFilters::title),
          Map.entry("trim", TextFilters::trim),
          Map.entry("center", TextFilters::center),
          Map.entry("indent", TextFilters::indent),
          Map.entry("replace", TextFilters::replace),
          Map.entry("truncate", TextFilters::truncate),
          Map.entry("wordcount", (v, a, b) -> WORD.matcher(Text.str(v, b)).results().count()),
          Map.entry("format", TextFilters::format),
          Map.entry("tojson", JsonWriter::filter),
          Map.entry("urlencode", TextFilters::urlEncode),
          Map.entry("safe", (v, a, b) -> new Markup(Text.str(v, b))),
          Map.entry("escape", (v, a, b) -> v instanceof Markup ? v : escape(v, b)),
          Map.entry("e", (v, a, b) -> v instanceof Markup ? v : escape(v, b)),
          Map.entry("forceescape", (v, a, b) -> escape(v, b)),
          Map.entry("striptags", TextFilters::stripTags),
          Map.entry("xmlattr", TextFilters::xmlAttributes));

  private TextFilters() {}

  /** A filter that is the method of that name on the value as text. */
  private static Filter method(String name) {
    return (v, args, budget) -> callMethod(v, name, args, budget);
  }

  private static Object callMethod(Object v, String name, CallArgs args, Budget budget) {
    Object text = v instanceof Markup ? v : Text.str(v, budget);
    return ((Function) StringMethods.bind(text, name, budget)).call(args);
  }

  private static Markup escape(Object v, Budget budget) {
    return Markup.escape(Text.str(v, budget), budget);
  }

  // Words start after white space, hyphens and opening brackets, unlike in str.title.
  private static Object title(Object v, CallArgs args, Budget budget) {
    args.bind("title");
    String s = Text.str(v, budget);
    StringBuilder out = new StringBuilder(s.length());
    boolean start = true;
    for (int c : s.codePoints().toArray()) {
      String one = Character.toString(c);
      boolean separator = Chars.isSpace(c) || "-({[<".indexOf(c) >= 0;
      out.append(start || separator ? one.toUpperCase(Locale.ROOT) : one.toLowerCase(Locale.ROOT));
      start = separator;
    }
    budget.string(out.length());
    return Arithmetic.like(v, out.toString());
  }

  private static Object trim(Object v, CallArgs args, Budget budget) {
    Object chars = args.bind("trim", "chars?")[0];
    return callMethod(
        v, "strip", !CallArgs.given(chars) ? CallArgs.NONE : CallArgs.of(chars), budget);
  }

  private static Object center(Object v, CallArgs args, Budget budget) {
    Object width = args.bind("center", "width?")[0];
    return callMethod(v, "center", CallArgs.of(!CallArgs.given(width) ? 80L : width), budget);
  }

  private static Object indent(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("indent", "width?", "first?", "blank?");
    if (!Values.isString(v)) {
      Arithmetic.binary("+", v, "\n", budget);
    }
    boolean blank = CallArgs.given(a[2]) && Values.truth(a[2]);
    String indent = indentation(a[0], budget);
    List<String> lines = StringSplit.lines(Text.str(v, budget) + "\n", false, budget);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean indented =
          i == 0 ? CallArgs.given(a[1]) && Values.truth(a[1]) : blank || !line.isEmpty();
      out.append(i > 0 ? "\n" : "").append(indented ? indent : "").append(line);
      budget.scan(indent.length());
      budget.fits(out.length());
    }
    budget.string(out.length());
    return Arithmetic.like(v, out.toString());
  }

  private static String indentation(Object width, Budget budget) {
    if (Values.isString(width)) {
      return Text.str(width, budget);
    }
    int n = !CallArgs.given(width) ? 4 : Math.max(0, Numbers.index(width, "width"));
    budget.string(n);
    return " ".repeat(n);
  }

  private static Object replace(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("replace", "old", "new", "count?");
    int count = !CallArgs.given(a[2]) || a[2] == null ? -1 : Numbers.index(a[2], "count");
    return StringSearch.replace(
        Text.str(v, budget), Text.str(a[0], budget), Text.str(a[1], budget), count, budget);
  }

  private static Object truncate(Object v, CallArgs args, Budget budget) {
    Object[] a = args.bind("truncate", "length?", "killwords?", "end?", "leeway?");
    int length = !CallArgs.given(a[0]) ? 255 : Numbers.index(a[0], "length");
    boolean killWords = CallArgs.given(a[1]) && Values.truth(a[1]);
    String end = !CallArgs.given(a[2]) ? "..." : StringMethods.text(a[2], "truncate");
    int leeway = !CallArgs.given(a[3]) || a[3] == null ? 5 : Numbers.index(a[3], "leeway");
    int endLength = end.codePointCount(0, end.length());
    if (length < endLength || leeway < 0) {
      throw new RenderError("truncate() needs length >= " + endLength + " and leeway >= 0");
    }
    if (Values.length(v) <= (long) length + leeway) {
      return v;
    }
    String s = StringMethods.text(v, "truncate");
    String cut = s.substring(0, s.offsetByCodePoints(0, length - endLength));
    int space = killWords ? -1 : cut.lastIndexOf(' ');
    return Arithmetic.like(v, (space < 0 ? cut : cut.substring(0, space)) + end);
  }

  private static Object format(Object v, CallArgs args, Budget budget) {
    if (!args.named().isEmpty() && !args.positional().isEmpty()) {
      throw new RenderError("format takes positional or keyword arguments, not both");
    }
    Object values = new Tuple(args.positional());
    if (!args.named().isEmpty()) {
      Dict dict = new Dict();
      args.named().forEach(dict::put);
      values = dict;
    }
    return Arithmetic.like(v, Printf.format(Text.str(v, budget), values, budget));
  }

  private static Object urlEncode(Object v, CallArgs args, Budget budget) {
    args.bind("urlencode");
    if (Values.isString(v) || !Values.isIterable(v)) {
      return quote(Text.str(v, budget), false, budget);
    }
    List<String> pairs = new ArrayList<>();
    Object items = v instanceof Dict d ? new DictView(d, DictView.Kind.ITEMS) : v;
    for (Object item : Values.list(items, budget)) {
      List<Object> pair = Values.list(item, budget);
      if (pair.size() != 2) {
        throw new RenderError("urlencode() needs pairs of key and value");
      }
      pairs.add(
          quote(Text.str(pair.get(0), budget), true, budget)
              + "="
              + quote(Text.str(pair.get(1), budget), true, budget));
    }
    return StringSearch.join("&", pairs, budget);
  }

  /** Percent-encodes; in a path {@code /} stays, in a query a space becomes {@code +}. */
  private static String quote(String s, boolean query, Budget budget) {
    budget.string(3L * s.length());
    String encoded =
        URLEncoder.encode(s, StandardCharsets.UTF_8).replace("*", "%2A").replace("%7E", "~");
    return query ? encoded : encoded.replace("+", "%20").replace("%2F", "/");
  }

  private static Object stripTags(Object v, CallArgs args, Budget budget) {
    args.bind("striptags");
    String text = without(without(Text.str(v, budget), "<!--", "-->"), "<", ">");
    List<Object> words = Values.asList(StringSplit.split(text, CallArgs.NONE, budget));
    return unescape(
        StringSearch.join(" ", words.stream().map(String.class::cast).toList(), budget));
  }

  /** The text less all parts from {@code open} to {@code close}. */
  private static String without(String s, String open, String close) {
    StringBuilder out = new StringBuilder(s.length());
    int pos = 0;
    int start = s.indexOf(open);
    while (start >= 0) {
      int end = s.indexOf(close, start);
      if (end < 0) {
        break;
      }
      out.append(s, pos, start);
      pos = end + close.length();
      start = s.indexOf(open, pos);
    }
    return out.append(s, pos, s.length()).toString();
  }

  private static String unescape(String s) {
    return s.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
  }

  private static Object xmlAttributes(Object v, CallArgs args, Budget budget) {
    Object space = args.bind("xmlattr", "autospace?")[0];
    if (!(v instanceof Dict dict)) {
      throw new RenderError("xmlattr needs a mapping, not " + Values.typeName(v));
    }
    List<String> parts = new ArrayList<>();
    for (Dict.Entry e : dict.entries()) {
      String key = StringMethods.text(e.key, "xmlattr");
      if (e.value == null || e.value instanceof Undefined) {
        continue;
      }
      if (BAD_ATTRIBUTE.matcher(key).find()) {
        throw new RenderError("invalid character in attribute name '" + key + "'");
      }
      parts.add(Markup.escape(key, budget).text() + "=\"" + escape(e.value, budget).text() + "\"");
    }
    String text = StringSearch.join(" ", parts, budget);
    return text.isEmpty() || CallArgs.given(space) && !Values.truth(space) ? text : " " + text;
  }
}
