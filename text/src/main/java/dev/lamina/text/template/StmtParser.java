package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Statements: what stands in {@code {% %}}, and the text between. */
final class StmtParser {
  private final TokenStream in;
  private final ExprParser expressions;
  private final Set<String> blockNames = new HashSet<>();
  // Loops around the statement within its macro: break and continue need one.
  private int loops;
  // Loops at all: they reserve the name "loop".
  private int reserved;

  private StmtParser(TokenStream in) {
    this.in = in;
    this.expressions = new ExprParser(in);
  }

  /**
   * Parses a template.
   *
   * @throws TemplateException naming the line
   */
  static Stmt.Body parse(String source) {
    StmtParser parser = new StmtParser(new TokenStream(Lexer.tokenize(source)));
    return new Stmt.Body(parser.statements());
  }

  /** Statements up to a tag named in {@code ends}, which is left as the current token. */
  private List<Stmt> statements(String... ends) {
    in.enter();
    List<Stmt> body = new ArrayList<>();
    while (!in.is(TokenType.END)) {
      Token token = in.next();
      switch (token.type()) {
        case DATA -> body.add(new Stmt.Data(token.text()));
        case VARIABLE_BEGIN -> {
          Expr value = expressions.tupleOrExpression(true, false, null);
          body.add(new Stmt.Output(value, token.line()));
          in.expect(TokenType.VARIABLE_END);
        }
        default -> {
          if (in.is(TokenType.NAME) && List.of(ends).contains(in.current().text())) {
            in.leave();
            return body;
          }
          body.add(statement());
          in.expect(TokenType.BLOCK_END);
        }
      }
    }
    if (ends.length > 0) {
      throw in.error("expected {% " + String.join(" %} or {% ", ends) + " %} before the end");
    }
    in.leave();
    return body;
  }

  /** The statements after the tag that ends here, and up to {@code end}, which is consumed. */
  private List<Stmt> bodyUntil(String end) {
    List<Stmt> body = openBody(end);
    in.next();
    return body;
  }

  private List<Stmt> openBody(String... ends) {
    in.skipOperator(":");
    in.expect(TokenType.BLOCK_END);
    return statements(ends);
  }

  private Stmt statement() {
    int line = in.line();
    if (!in.is(TokenType.NAME)) {
      throw in.unexpected("a tag name");
    }
    String tag = in.next().text();
    return switch (tag) {
      case "if" -> ifStatement(line);
      case "for" -> forStatement(line);
      case "set" -> setStatement(line);
      case "macro" -> new Stmt.DefineMacro(macro(in.expectName(), true, "endmacro"), line);
      case "call" -> callBlock(line);
      case "filter" -> {
        List<Expr.Filter> filters = expressions.filters();
        yield new Stmt.FilterBlock(filters, new Stmt.Body(bodyUntil("endfilter")), line);
      }
      case "with" -> with(line);
      case "print" -> print(line);
      case "block" -> block(line);
      case "generation" -> generation(line);
      case "autoescape" -> autoescape(line);
      case "break" -> inLoop(new Stmt.Break(), tag, line);
      case "continue" -> inLoop(new Stmt.Continue(), tag, line);
      case "include", "import", "from", "extends" ->
          throw TemplateException.atLine(
              line, "'" + tag + "' is not available: a chat template stands alone");
      default -> throw TemplateException.atLine(line, "unknown tag '" + tag + "'");
    };
  }

  private Stmt inLoop(Stmt statement, String tag, int line) {
    if (loops == 0) {
      throw TemplateException.atLine(line, "'" + tag + "' outside of a loop");
    }
    return statement;
  }

  private Stmt ifStatement(int line) {
    List<Stmt.Branch> branches = new ArrayList<>();
    List<Stmt> otherwise = List.of();
    while (true) {
      Expr test = expressions.tupleOrExpression(false, false, null);
      branches.add(new Stmt.Branch(test, openBody("elif", "else", "endif")));
      String tag = in.next().text();
      if (tag.equals("else")) {
        otherwise = bodyUntil("endif");
      }
      if (!tag.equals("elif")) {
        return new Stmt.If(branches, otherwise, line);
      }
    }
  }

  private Stmt forStatement(int line) {
    reserved++;
    Stmt.Target target = target("in", false);
    in.expectName("in");
    Expr items = expressions.tupleOrExpression(false, false, "recursive");
    Expr filter = in.skipName("if") ? expressions.expression() : null;
    boolean recursive = in.skipName("recursive");
    loops++;
    Stmt.Body body = new Stmt.Body(openBody("endfor", "else"));
    loops--;
    boolean hasElse = in.next().isName("else");
    Stmt.Body otherwise = new Stmt.Body(hasElse ? bodyUntil("endfor") : List.of());
    reserved--;
    return new Stmt.For(target, items, filter, recursive, body, otherwise, line);
  }

  private Stmt setStatement(int line) {
    Stmt.Target target = target(null, true);
    if (in.skipOperator("=")) {
      return new Stmt.Set(target, expressions.tupleOrExpression(true, false, null), line);
    }
    List<Expr.Filter> filters = in.skipOperator("|") ? expressions.filters() : List.of();
    return new Stmt.SetBlock(target, filters, new Stmt.Body(bodyUntil("endset")), line);
  }

  private Stmt.Macro macro(String name, boolean signature, String end) {
    List<String> parameters = new ArrayList<>();
    List<Expr> defaults = new ArrayList<>();
    if (name != null) {
      checkAssignable(name);
    }
    // Defaults are read in the macro's scope, but do not ask for caller and the like.
    if (signature) {
      signature(parameters, defaults);
    }
    int outerLoops = loops;
    loops = 0;
    Set<String> outerRead = expressions.swapRead(new HashSet<>());
    Stmt.Body body = new Stmt.Body(bodyUntil(end));
    Set<String> read = expressions.swapRead(outerRead);
    outerRead.addAll(read);
    loops = outerLoops;
    boolean ownCaller = parameters.contains("caller");
    if (ownCaller
        && read.contains("caller")
        && parameters.indexOf("caller") < parameters.size() - defaults.size()) {
      throw in.error("a 'caller' parameter needs a default");
    }
    return new Stmt.Macro(
        name,
        parameters,
        defaults,
        body,
        read.contains("caller"),
        read.contains("kwargs") && !parameters.contains("kwargs"),
        read.contains("varargs") && !parameters.contains("varargs"));
  }

  private void signature(List<String> parameters, List<Expr> defaults) {
    in.expectOperator("(");
    while (!in.isOperator(")")) {
      if (!parameters.isEmpty()) {
        in.expectOperator(",");
      }
      String parameter = in.expectName();
      checkAssignable(parameter);
      if (parameters.contains(parameter)) {
        throw in.error("parameter '" + parameter + "' is given twice");
      }
      if (in.skipOperator("=")) {
        defaults.add(expressions.expression());
      } else if (!defaults.isEmpty()) {
        throw in.error("a parameter without a default follows one with a default");
      }
      parameters.add(parameter);
    }
    in.next();
  }

  private Stmt callBlock(int line) {
    List<String> parameters = new ArrayList<>();
    List<Expr> defaults = new ArrayList<>();
    if (in.isOperator("(")) {
      signature(parameters, defaults);
    }
    if (!(expressions.expression() instanceof Expr.Call call)) {
      throw TemplateException.atLine(line, "expected a call after 'call'");
    }
    Stmt.Macro body = macro(null, false, "endcall");
    Stmt.Macro caller =
        new Stmt.Macro(
            null,
            parameters,
            defaults,
            body.body(),
            body.usesCaller(),
            body.usesKwargs() && !parameters.contains("kwargs"),
            body.usesVarargs() && !parameters.contains("varargs"));
    return new Stmt.CallBlock(call, caller, line);
  }

  private Stmt generation(int line) {
    return new Stmt.Generation(macro(null, false, "endgeneration").body(), line);
  }

  private Stmt with(int line) {
    List<Stmt.Target> targets = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    while (!in.is(TokenType.BLOCK_END)) {
      if (!targets.isEmpty()) {
        in.expectOperator(",");
      }
      targets.add(target(null, false));
      in.expectOperator("=");
      values.add(expressions.expression());
    }
    return new Stmt.With(targets, values, new Stmt.Body(bodyUntil("endwith")), line);
  }

  private Stmt print(int line) {
    List<Stmt> outputs = new ArrayList<>();
    while (!in.is(TokenType.BLOCK_END)) {
      if (!outputs.isEmpty()) {
        in.expectOperator(",");
      }
      outputs.add(new Stmt.Output(expressions.expression(), line));
    }
    return new Stmt.Scoped(new Stmt.Body(outputs), line);
  }

  private Stmt block(int line) {
    String name = in.expectName();
    if (!blockNames.add(name)) {
      throw TemplateException.atLine(line, "block '" + name + "' is defined twice");
    }
    boolean scoped = in.skipName("scoped");
    boolean required = in.skipName("required");
    if (required) {
      throw TemplateException.atLine(line, "required block '" + name + "' is never filled");
    }
    int outerLoops = loops;
    loops = 0;
    Stmt.Body body = new Stmt.Body(bodyUntil("endblock"));
    loops = outerLoops;
    in.skipName(name);
    return new Stmt.Block(name, body, scoped, line);
  }

  private Stmt autoescape(int line) {
    if (!(expressions.expression() instanceof Expr.Const(Boolean on)) || on) {
      throw TemplateException.atLine(line, "only 'autoescape false' is available");
    }
    return new Stmt.Scoped(new Stmt.Body(bodyUntil("endautoescape")), line);
  }

  /** Names, tuples of names, and namespace attributes where {@code set} allows them. */
  private Stmt.Target target(String endName, boolean namespaces) {
    List<Stmt.Target> targets = new ArrayList<>();
    boolean comma = false;
    while (!in.isOperator("=") && !in.is(TokenType.BLOCK_END) && !in.isOperator(")")) {
      if (endName != null && in.isName(endName)) {
        break;
      }
      targets.add(singleTarget(namespaces));
      if (!in.skipOperator(",")) {
        break;
      }
      comma = true;
    }
    if (targets.isEmpty()) {
      throw in.unexpected("a name to assign to");
    }
    return comma ? new Stmt.TupleTarget(targets) : targets.getFirst();
  }

  private Stmt.Target singleTarget(boolean namespaces) {
    if (in.skipOperator("(")) {
      in.enter();
      Stmt.Target inner = target(null, false);
      in.expectOperator(")");
      in.leave();
      return inner;
    }
    String name = in.expectName();
    if (namespaces && in.skipOperator(".")) {
      return new Stmt.NamespaceTarget(name, in.expectName());
    }
    checkAssignable(name);
    return new Stmt.NameTarget(name);
  }

  private void checkAssignable(String name) {
    switch (name) {
      case "true", "false", "none", "True", "False", "None" ->
          throw in.error("cannot assign to '" + name + "'");
      case "loop" -> {
        if (reserved > 0) {
          throw in.error("cannot assign to 'loop' inside a loop");
        }
      }
      default -> {}
    }
  }
}
