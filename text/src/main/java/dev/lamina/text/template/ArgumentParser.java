package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.List;

/** The arguments of a call, filter or test, in parentheses. */
final class ArgumentParser {
  private final TokenStream in;
  private final ExprParser expressions;

  ArgumentParser(TokenStream in, ExprParser expressions) {
    this.in = in;
    this.expressions = expressions;
  }

  Expr.Arguments parse() {
    in.expectOperator("(");
    List<Expr> positional = new ArrayList<>();
    List<Expr.Keyword> named = new ArrayList<>();
    Expr star = null;
    Expr doubleStar = null;
    while (!in.isOperator(")")) {
      Token token = in.current();
      boolean first = star == null && doubleStar == null;
      if (in.skipOperator("*")) {
        requireOrder(first, token);
        star = expressions.expression();
      } else if (in.skipOperator("**")) {
        requireOrder(doubleStar == null, token);
        doubleStar = expressions.expression();
      } else if (token.type() == TokenType.NAME && in.look().isOperator("=")) {
        requireOrder(doubleStar == null, token);
        in.next();
        in.next();
        named.add(new Expr.Keyword(token.text(), expressions.expression()));
      } else {
        requireOrder(first && named.isEmpty(), token);
        positional.add(expressions.expression());
      }
      if (!in.isOperator(")")) {
        in.expectOperator(",");
      }
    }
    in.next();
    return new Expr.Arguments(positional, named, star, doubleStar);
  }

  private static void requireOrder(boolean ok, Token token) {
    if (!ok) {
      throw TemplateException.atLine(token.line(), "arguments of a call are out of order");
    }
  }
}
