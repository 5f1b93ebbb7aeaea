package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Expressions, in Jinja2's order of precedence. */
final class ExprParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> SUMS = Set.of("+", "-");
  private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");
  private static final Set<String> POWERS = Set.of("**");
  private static final Set<String> AFTER_TEST = Set.of("else", "or", "and");

  private final TokenStream in;
  // Names read so far by the macro being parsed; the parser of statements swaps the set.
  private Set<String> read = new HashSet<>();

  ExprParser(TokenStream in) {
    this.in = in;
  }

  Set<String> swapRead(Set<String> next) {
    Set<String> previous = read;
    read = next;
    return previous;
  }

  Expr expression() {
    return conditional();
  }

  /** One expression, or a tuple where there are commas, up to the end of the tag or parenthesis. */
  Expr tupleOrExpression(boolean conditional, boolean parentheses, String endName) {
    List<Expr> items = new ArrayList<>();
    boolean comma = false;
    while (!tupleEnd(endName)) {
      items.add(conditional ? conditional() : or());
      if (!in.skipOperator(",")) {
        break;
      }
      comma = true;
    }
    if (comma || items.isEmpty() && parentheses) {
      return new Expr.TupleOf(items);
    }
    if (items.isEmpty()) {
      throw in.unexpected("an expression");
    }
    return items.getFirst();
  }

  private boolean tupleEnd(String endName) {
    return in.is(TokenType.VARIABLE_END)
        || in.is(TokenType.BLOCK_END)
        || in.isOperator(")")
        || endName != null && in.isName(endName);
  }

  private Expr conditional() {
    in.enter();
    int line = in.line();
    Expr result = or();
    while (in.skipName("if")) {
      Expr test = or();
      Expr otherwise = in.skipName("else") ? conditional() : null;
      result = new Expr.Conditional(test, result, otherwise, line);
    }
    in.leave();
    return result;
  }

  private Expr or() {
    Expr left = and();
    while (in.skipName("or")) {
      left = new Expr.Or(left, and());
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    while (in.skipName("and")) {
      left = new Expr.And(left, not());
    }
    return left;
  }

  private Expr not() {
    if (!in.isName("not")) {
      return comparison();
    }
    in.enter();
    in.next();
    Expr result = new Expr.Not(not());
    in.leave();
    return result;
  }

  private Expr comparison() {
    Expr first = sum();
    List<Expr.Operand> rest = new ArrayList<>();
    while (true) {
      Token token = in.current();
      if (token.type() == TokenType.OPERATOR && COMPARISONS.contains(token.text())) {
        in.next();
        rest.add(new Expr.Operand(token.text(), sum()));
      } else if (in.skipName("in")) {
        rest.add(new Expr.Operand("in", sum()));
      } else if (in.isName("not") && in.look().isName("in")) {
        in.next();
        in.next();
        rest.add(new Expr.Operand("not in", sum()));
      } else {
        return rest.isEmpty() ? first : new Expr.Compare(first, rest);
      }
    }
  }

  private Expr sum() {
    return leftToRight(SUMS, this::concat);
  }

  private Expr leftToRight(Set<String> operators, Supplier<Expr> operand) {
    Expr left = operand.get();
    while (in.is(TokenType.OPERATOR) && operators.contains(in.current().text())) {
      left = new Expr.Binary(in.next().text(), left, operand.get());
    }
    return left;
  }

  private Expr concat() {
    Expr first = product();
    if (!in.isOperator("~")) {
      return first;
    }
    List<Expr> parts = new ArrayList<>(List.of(first));
    while (in.skipOperator("~")) {
      parts.add(product());
    }
    return new Expr.Concat(parts);
  }

  private Expr product() {
    return leftToRight(PRODUCTS, this::power);
  }

  private Expr power() {
    return leftToRight(POWERS, () -> unary(true));
  }

  private Expr unary(boolean withFilter) {
    in.enter();
    Expr node;
    if (in.skipOperator("-")) {
      node = new Expr.Negate(unary(false));
    } else if (in.skipOperator("+")) {
      node = new Expr.Plus(unary(false));
    } else {
      node = primary();
    }
    node = postfix(node);
    if (withFilter) {
      node = filtersAndTests(node);
    }
    in.leave();
    return node;
  }

  private Expr primary() {
    Token token = in.current();
    if (token.type() == TokenType.NAME) {
      in.next();
      return name(token.text());
    }
    if (token.type() == TokenType.STRING) {
      StringBuilder text = new StringBuilder();
      while (in.is(TokenType.STRING)) {
        text.append((String) in.next().value());
      }
      return new Expr.Const(text.toString());
    }
    if (token.type() == TokenType.NUMBER) {
      in.next();
      return new Expr.Const(token.value());
    }
    if (in.skipOperator("(")) {
      Expr inner = tupleOrExpression(true, true, null);
      in.expectOperator(")");
      return inner;
    }
    if (in.skipOperator("[")) {
      return list();
    }
    if (in.skipOperator("{")) {
      return dict();
    }
    throw in.error("unexpected " + token.describe().replaceFirst("^(the|a) ", ""));
  }

  private Expr name(String name) {
    return switch (name) {
      case "true", "True" -> new Expr.Const(true);
      case "false", "False" -> new Expr.Const(false);
      case "none", "None" -> new Expr.Const(null);
      default -> {
        read.add(name);
        yield new Expr.Name(name);
      }
    };
  }

  private Expr list() {
    List<Expr> items = new ArrayList<>();
    while (!in.isOperator("]")) {
      items.add(expression());
      if (!in.isOperator("]")) {
        in.expectOperator(",");
      }
    }
    in.next();
    return new Expr.ListOf(items);
  }

  private Expr dict() {
    List<Expr> keys = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    while (!in.isOperator("}")) {
      keys.add(expression());
      in.expectOperator(":");
      values.add(expression());
      if (!in.isOperator("}")) {
        in.expectOperator(",");
      }
    }
    in.next();
    return new Expr.DictOf(keys, values);
  }

  private Expr postfix(Expr start) {
    Expr node = start;
    while (true) {
      int line = in.line();
      if (in.skipOperator(".")) {
        node = attribute(node, line);
      } else if (in.skipOperator("[")) {
        node = subscript(node, line);
      } else if (in.isOperator("(")) {
        node = new Expr.Call(node, arguments(), line);
      } else {
        return node;
      }
    }
  }

  private Expr attribute(Expr owner, int line) {
    Token token = in.next();
    if (token.type() == TokenType.NAME) {
      return new Expr.Attribute(owner, token.text(), line);
    }
    if (token.type() == TokenType.NUMBER && !(token.value() instanceof Double)) {
      return new Expr.Item(owner, new Expr.Const(token.value()), line);
    }
    throw TemplateException.atLine(token.line(), "expected a name or number after '.'");
  }

  private Expr subscript(Expr owner, int line) {
    Expr start = in.isOperator(":") ? null : in.isOperator("]") ? null : expression();
    if (in.skipOperator(":")) {
      Expr stop = sliceBound();
      Expr step = in.skipOperator(":") ? sliceBound() : null;
      in.expectOperator("]");
      return new Expr.Slice(owner, start, stop, step, line);
    }
    List<Expr> keys = new ArrayList<>();
    if (start != null) {
      keys.add(start);
    }
    while (!in.isOperator("]")) {
      in.expectOperator(",");
      keys.add(expression());
    }
    in.next();
    Expr key = keys.size() == 1 ? keys.getFirst() : new Expr.TupleOf(keys);
    return new Expr.Item(owner, key, line);
  }

  private Expr sliceBound() {
    return in.isOperator(":") || in.isOperator("]") ? null : expression();
  }

  private Expr filtersAndTests(Expr start) {
    Expr node = start;
    while (true) {
      int line = in.line();
      if (in.skipOperator("|")) {
        node = filter(node);
      } else if (in.skipName("is")) {
        node = test(node, line);
      } else if (in.isOperator("(")) {
        node = new Expr.Call(node, arguments(), line);
      } else {
        return node;
      }
    }
  }

  /** The filter named here and those piped after it, all without a target. */
  List<Expr.Filter> filters() {
    List<Expr.Filter> filters = new ArrayList<>();
    do {
      filters.add(filter(null));
    } while (in.skipOperator("|"));
    return filters;
  }

  private Expr.Filter filter(Expr target) {
    int line = in.line();
    String name = dottedName();
    return new Expr.Filter(
        target, name, in.isOperator("(") ? arguments() : Expr.Arguments.NONE, line);
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(in.expectName());
    while (in.skipOperator(".")) {
      name.append('.').append(in.expectName());
    }
    return name.toString();
  }

  private Expr test(Expr target, int line) {
    boolean negated = in.skipName("not");
    String name = dottedName();
    Expr.Arguments arguments = Expr.Arguments.NONE;
    if (in.isOperator("(")) {
      arguments = arguments();
    } else if (startsOperand()) {
      if (in.isName("is")) {
        throw in.error("tests cannot be chained with 'is'");
      }
      arguments = new Expr.Arguments(List.of(postfix(primary())), List.of(), null, null);
    }
    Expr test = new Expr.Test(target, name, arguments, line);
    return negated ? new Expr.Not(test) : test;
  }

  private boolean startsOperand() {
    return switch (in.current().type()) {
      case NAME -> !AFTER_TEST.contains(in.current().text());
      case STRING, NUMBER -> true;
      case OPERATOR -> in.isOperator("[") || in.isOperator("{");
      default -> false;
    };
  }

  Expr.Arguments arguments() {
    return new ArgumentParser(in, this).parse();
  }
}
