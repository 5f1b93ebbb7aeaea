package dev.lamina.text.template;

import static dev.lamina.text.template.CallArgs.ABSENT;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;

/** The functions every template can call. */
final class Globals {
  private Globals() {}

  static void define(Scope scope, Clock clock, Budget budget) {
    set(scope, "range", args -> range(args, budget));
    set(scope, "dict", args -> dict("dict", args, budget));
    set(scope, "namespace", args -> new Namespace(dict("namespace", args, budget)));
    set(scope, "cycler", Cycler::new);
    set(scope, "joiner", Globals::joiner);
    set(scope, "raise_exception", args -> raise(args, budget));
    set(
        scope,
        "strftime_now",
        args -> {
          String format =
              StringMethods.text(args.bind("strftime_now", "format")[0], "strftime_now");
          return Strftime.format(format, ZonedDateTime.now(clock), budget);
        });
    set(
        scope,
        "lipsum",
        args -> {
          throw new RenderError("lipsum() is not available in chat templates");
        });
  }

  private static void set(
      Scope scope, String name, java.util.function.Function<CallArgs, Object> body) {
    scope.set(name, Function.of("<function " + name + ">", body));
  }

  private static Object raise(CallArgs args, Budget budget) {
    throw new RenderError(Text.str(args.bind("raise_exception", "message")[0], budget));
  }

  private static Range range(CallArgs args, Budget budget) {
    Object[] a = args.bind("range", "start", "stop?", "step?");
    long first = Numbers.index(a[0], "range() argument");
    long start = !CallArgs.given(a[1]) ? 0 : first;
    long stop = !CallArgs.given(a[1]) ? first : Numbers.index(a[1], "range() argument");
    long step = !CallArgs.given(a[2]) ? 1 : Numbers.index(a[2], "range() step");
    if (step == 0) {
      throw new RenderError("range() step must not be zero");
    }
    Range range = new Range(start, stop, step);
    if (range.length() > TemplateLimits.MAX_RANGE || range.length() < 0) {
      throw new RenderError("range() is limited to " + TemplateLimits.MAX_RANGE + " elements");
    }
    budget.step();
    return range;
  }

  private static Dict dict(String function, CallArgs args, Budget budget) {
    Dict dict = new Dict();
    DictMethods.fill(dict, function, args, budget);
    return dict;
  }

  private static Object joiner(CallArgs args) {
    Object separator = args.bind("joiner", "sep?")[0];
    boolean[] used = {false};
    return Function.of(
        "<Joiner>",
        call -> {
          Object text = !used[0] ? "" : !CallArgs.given(separator) ? ", " : separator;
          used[0] = true;
          return text;
        });
  }

  /** Goes round its items, one at each call of {@code next}. */
  private static final class Cycler implements Function {
    private final List<Object> items;
    private int at;

    Cycler(CallArgs args) {
      if (args.positional().isEmpty() || !args.named().isEmpty()) {
        throw new RenderError("cycler() needs at least one item");
      }
      items = args.positional();
    }

    @Override
    public String describe() {
      return "<Cycler>";
    }

    @Override
    public Object call(CallArgs args) {
      throw new RenderError("'Cycler' object is not callable");
    }

    @Override
    public Object attribute(String name) {
      return switch (name) {
        case "current" -> items.get(at);
        case "pos" -> (long) at;
        case "items" -> new Tuple(items);
        case "next" -> Function.of("<cycler.next>", args -> next());
        case "reset" -> Function.of("<cycler.reset>", args -> reset());
        default -> ABSENT;
      };
    }

    private Object next() {
      Object item = items.get(at);
      at = (at + 1) % items.size();
      return item;
    }

    private Object reset() {
      at = 0;
      return null;
    }
  }

  /** Fills a scope from the caller's context. */
  static void context(Scope scope, Map<String, ?> context, Budget budget) {
    context.forEach((name, value) -> scope.set(name, Conversion.value(value, budget)));
  }
}
