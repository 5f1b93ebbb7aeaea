package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Computes expressions. */
final class Evaluator {
  /** Scopes that a look-up goes through. */
  private static final int SCOPES_PER_STEP = 8;

  private final Budget budget;
  private int line = 1;

  Evaluator(Budget budget) {
    this.budget = budget;
  }

  int line() {
    return line;
  }

  void at(int newLine) {
    line = newLine;
  }

  Object eval(Expr expr, Scope scope) {
    budget.enter();
    Object value =
        switch (expr) {
          case Expr.Const e -> e.value();
          case Expr.Name e -> {
            budget.charge(scope.depth() / SCOPES_PER_STEP);
            budget.scan(e.name().length());
            yield scope.get(e.name());
          }
          case Expr.ListOf e -> all(e.items(), scope);
          case Expr.TupleOf e -> new Tuple(all(e.items(), scope));
          case Expr.DictOf e -> dict(e, scope);
          case Expr.Negate e -> Arithmetic.negate(operand(e.operand(), scope));
          case Expr.Plus e -> Arithmetic.plus(operand(e.operand(), scope));
          case Expr.Not e -> !Values.truth(eval(e.operand(), scope));
          case Expr.And e -> {
            Object left = eval(e.left(), scope);
            yield Values.truth(left) ? eval(e.right(), scope) : left;
          }
          case Expr.Or e -> {
            Object left = eval(e.left(), scope);
            yield Values.truth(left) ? left : eval(e.right(), scope);
          }
          case Expr.Binary e -> {
            Object left = eval(e.left(), scope);
            yield Arithmetic.binary(e.operator(), left, eval(e.right(), scope), budget);
          }
          case Expr.Compare e -> compare(e, scope);
          case Expr.Concat e -> concat(e, scope);
          case Expr.Conditional e -> conditional(e, scope);
          case Expr.Attribute e -> {
            Object owner = eval(e.owner(), scope);
            line = e.line();
            yield Access.attribute(owner, e.name(), budget);
          }
          case Expr.Item e -> {
            Object owner = eval(e.owner(), scope);
            Object key = eval(e.key(), scope);
            line = e.line();
            yield Access.item(owner, key, budget);
          }
          case Expr.Slice e -> slice(e, scope);
          case Expr.Call e -> call(e, null, scope);
          case Expr.Filter e -> filter(e, eval(e.target(), scope), scope);
          case Expr.Test e -> {
            Object target = eval(e.target(), scope);
            CallArgs args = arguments(e.arguments(), scope);
            line = e.line();
            yield Tests.apply(e.name(), target, args, budget);
          }
        };
    budget.leave();
    return value;
  }

  private Object operand(Expr expr, Scope scope) {
    Object value = eval(expr, scope);
    budget.operand(value);
    return value;
  }

  private List<Object> all(List<Expr> items, Scope scope) {
    List<Object> values = new ArrayList<>(items.size());
    for (Expr item : items) {
      values.add(eval(item, scope));
    }
    return values;
  }

  private Dict dict(Expr.DictOf e, Scope scope) {
    Dict dict = new Dict();
    for (int i = 0; i < e.keys().size(); i++) {
      Object key = eval(e.keys().get(i), scope);
      budget.operand(key);
      dict.put(key, eval(e.values().get(i), scope));
    }
    return dict;
  }

  private Object compare(Expr.Compare e, Scope scope) {
    Object left = eval(e.first(), scope);
    for (Expr.Operand operand : e.rest()) {
      Object right = eval(operand.value(), scope);
      boolean holds =
          switch (operand.operator()) {
            case "==" -> Comparison.equal(left, right, budget);
            case "!=" -> !Comparison.equal(left, right, budget);
            case "in" -> Comparison.contains(right, left, budget);
            case "not in" -> !Comparison.contains(right, left, budget);
            default -> Comparison.ordered(left, right, operand.operator(), budget);
          };
      if (!holds) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private String concat(Expr.Concat e, Scope scope) {
    StringBuilder out = new StringBuilder();
    for (Object part : all(e.parts(), scope)) {
      String text = Text.str(part, budget);
      budget.scan(text.length());
      budget.fits((long) out.length() + text.length());
      out.append(text);
    }
    return out.toString();
  }

  private Object conditional(Expr.Conditional e, Scope scope) {
    if (Values.truth(eval(e.test(), scope))) {
      return eval(e.then(), scope);
    }
    return e.otherwise() != null
        ? eval(e.otherwise(), scope)
        : new Undefined(
            "the inline if-expression on line " + e.line() + " evaluated to false and has no else");
  }

  private Object slice(Expr.Slice e, Scope scope) {
    Object owner = eval(e.owner(), scope);
    Object start = e.start() == null ? null : eval(e.start(), scope);
    Object stop = e.stop() == null ? null : eval(e.stop(), scope);
    Object step = e.step() == null ? null : eval(e.step(), scope);
    line = e.line();
    return Slices.slice(owner, start, stop, step, budget);
  }

  /** A call, with {@code caller} as an extra argument unless it is null. */
  Object call(Expr.Call e, MacroValue caller, Scope scope) {
    Object target = eval(e.function(), scope);
    CallArgs args = arguments(e.arguments(), scope);
    if (caller != null) {
      Map<String, Object> named = new LinkedHashMap<>(args.named());
      named.put("caller", caller);
      args = new CallArgs(args.positional(), named);
    }
    line = e.line();
    budget.operands(args);
    return switch (target) {
      case Function f -> f.call(args);
      case Undefined u -> throw u.error();
      case null, default ->
          throw new RenderError("'" + Values.typeName(target) + "' object is not callable");
    };
  }

  /** The filters of a block, in turn, on its text. */
  Object filterAll(List<Expr.Filter> filters, String text, Scope scope) {
    Object value = text;
    for (Expr.Filter filter : filters) {
      value = filter(filter, value, scope);
    }
    return value;
  }

  private Object filter(Expr.Filter e, Object target, Scope scope) {
    CallArgs args = arguments(e.arguments(), scope);
    line = e.line();
    return Filters.apply(e.name(), target, args, budget);
  }

  private CallArgs arguments(Expr.Arguments a, Scope scope) {
    if (a.isEmpty()) {
      return CallArgs.NONE;
    }
    List<Object> positional = all(a.positional(), scope);
    Map<String, Object> named = new LinkedHashMap<>();
    for (Expr.Keyword keyword : a.named()) {
      if (named.containsKey(keyword.name())) {
        throw new RenderError("keyword argument '" + keyword.name() + "' is repeated");
      }
      named.put(keyword.name(), eval(keyword.value(), scope));
    }
    if (a.star() != null) {
      positional.addAll(Values.list(eval(a.star(), scope), budget));
    }
    if (a.doubleStar() != null) {
      spread(eval(a.doubleStar(), scope), named);
    }
    return new CallArgs(positional, named);
  }

  private void spread(Object value, Map<String, Object> named) {
    if (!(value instanceof Dict dict)) {
      throw new RenderError(
          "the argument after ** must be a mapping, not " + Values.typeName(value));
    }
    budget.elements(dict.size());
    for (Dict.Entry e : dict.entries()) {
      if (!(e.key instanceof String name)) {
        throw new RenderError("keywords must be strings");
      }
      if (named.containsKey(name)) {
        throw new RenderError("keyword argument '" + name + "' is given twice");
      }
      named.put(name, e.value);
    }
  }
}
