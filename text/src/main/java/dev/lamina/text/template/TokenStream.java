package dev.lamina.text.template;

import java.util.List;

/** The tokens of a template with the position of the parser, and its nesting. */
final class TokenStream {
  private final List<Token> tokens;
  private int at;
  private int depth;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(at);
  }

  Token look() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  int line() {
    return current().line();
  }

  /** The current token, and moves on. */
  Token next() {
    Token token = current();
    if (token.type() != TokenType.END) {
      at++;
    }
    return token;
  }

  boolean is(TokenType type) {
    return current().type() == type;
  }

  boolean isName(String name) {
    return current().isName(name);
  }

  boolean isOperator(String operator) {
    return current().isOperator(operator);
  }

  boolean skipName(String name) {
    boolean found = isName(name);
    if (found) {
      next();
    }
    return found;
  }

  boolean skipOperator(String operator) {
    boolean found = isOperator(operator);
    if (found) {
      next();
    }
    return found;
  }

  String expectName() {
    if (!is(TokenType.NAME)) {
      throw unexpected("a name");
    }
    return next().text();
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw unexpected("'" + name + "'");
    }
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  void expect(TokenType type) {
    if (!is(type)) {
      throw unexpected(new Token(type, "", null, 0).describe());
    }
    next();
  }

  /** Counts one more level of nesting; {@link #leave} takes it back. */
  void enter() {
    if (++depth > TemplateLimits.MAX_PARSE_DEPTH) {
      throw error("nested too deeply (over " + TemplateLimits.MAX_PARSE_DEPTH + " levels)");
    }
  }

  void leave() {
    depth--;
  }

  TemplateException unexpected(String wanted) {
    return error("expected " + wanted + ", found " + current().describe());
  }

  TemplateException error(String message) {
    return TemplateException.atLine(line(), message);
  }
}
