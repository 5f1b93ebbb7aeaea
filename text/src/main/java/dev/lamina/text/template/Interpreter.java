package dev.lamina.text.template;

import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Runs the statements of one rendering. */
final class Interpreter {
  /** How a list of statements ended. */
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  private static final int STEPS_PER_PASS = 3;

  private final IdentityHashMap<Stmt.Body, Set<String>> hidden;
  private final Budget budget;
  private final Evaluator evaluator;
  private Scope root;

  Interpreter(IdentityHashMap<Stmt.Body, Set<String>> hidden, Budget budget) {
    this.hidden = hidden;
    this.budget = budget;
    this.evaluator = new Evaluator(budget);
  }

  /** The line being run, for messages. */
  int line() {
    return evaluator.line();
  }

  /** Renders a template over its context and the global functions. */
  String render(Stmt.Body template, Scope context) {
    root = innerScope(context, template);
    return renderBody(template, root);
  }

  Scope innerScope(Scope parent, Stmt.Body body) {
    Set<String> names = hidden.getOrDefault(body, Set.of());
    budget.charge(names.size());
    return parent.inner(names);
  }

  /** Renders a body in a scope that exists already. */
  String renderBody(Stmt.Body body, Scope scope) {
    StringBuilder out = new StringBuilder();
    run(body.statements(), scope, out);
    return out.toString();
  }

  Object evaluate(Expr expr, Scope scope) {
    return evaluator.eval(expr, scope);
  }

  private Flow run(List<Stmt> statements, Scope scope, StringBuilder out) {
    budget.enter();
    Flow flow = Flow.NEXT;
    for (int i = 0; i < statements.size() && flow == Flow.NEXT; i++) {
      flow = run(statements.get(i), scope, out);
    }
    budget.leave();
    return flow;
  }

  private Flow run(Stmt statement, Scope scope, StringBuilder out) {
    budget.step();
    switch (statement) {
      case Stmt.Data s -> print(s.text(), out);
      case Stmt.Output s -> {
        evaluator.at(s.line());
        print(Text.str(evaluate(s.value(), scope), budget), out);
      }
      case Stmt.If s -> {
        return branch(s, scope, out);
      }
      case Stmt.For s -> {
        evaluator.at(s.line());
        return forLoop(s, scope, out);
      }
      case Stmt.Set s -> {
        evaluator.at(s.line());
        assign(s.target(), evaluate(s.value(), scope), scope);
      }
      case Stmt.SetBlock s -> {
        return setBlock(s, scope);
      }
      case Stmt.DefineMacro s ->
          scope.set(s.macro().name(), new MacroValue(s.macro(), scope, this));
      case Stmt.CallBlock s -> {
        evaluator.at(s.line());
        MacroValue caller = new MacroValue(s.caller(), scope, this);
        print(Text.str(evaluator.call(s.call(), caller, scope), budget), out);
      }
      case Stmt.Generation s -> print(renderBody(s.body(), innerScope(scope, s.body())), out);
      case Stmt.FilterBlock s -> {
        return filterBlock(s, scope, out);
      }
      case Stmt.With s -> {
        return with(s, scope, out);
      }
      case Stmt.Block s -> {
        budget.charge(root.size());
        Scope outer = s.scoped() ? scope : root.visible();
        run(s.body().statements(), innerScope(outer, s.body()), out);
      }
      case Stmt.Scoped s -> {
        return run(s.body().statements(), innerScope(scope, s.body()), out);
      }
      case Stmt.Break s -> {
        return Flow.BREAK;
      }
      case Stmt.Continue s -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.NEXT;
  }

  private void print(String text, StringBuilder out) {
    budget.scan(text.length());
    budget.fits((long) out.length() + text.length());
    out.append(text);
  }

  private Flow branch(Stmt.If s, Scope scope, StringBuilder out) {
    evaluator.at(s.line());
    for (Stmt.Branch branch : s.branches()) {
      if (Values.truth(evaluate(branch.test(), scope))) {
        return run(branch.statements(), scope, out);
      }
    }
    return run(s.otherwise(), scope, out);
  }

  private Flow forLoop(Stmt.For s, Scope scope, StringBuilder out) {
    Object items = evaluate(s.items(), scope);
    if (s.recursive()) {
      print(recursiveLoop(s, items, scope, 0), out);
      return Flow.NEXT;
    }
    return loop(s, items, scope, 0, out);
  }

  private String recursiveLoop(Stmt.For s, Object items, Scope scope, int depth0) {
    StringBuilder out = new StringBuilder();
    loop(s, items, scope, depth0, out);
    return out.toString();
  }

  /** Runs the loop; only a break or continue of its else part is left to the loop around it. */
  private Flow loop(Stmt.For s, Object items, Scope scope, int depth0, StringBuilder out) {
    budget.operand(items);
    Iterator<Object> source = Values.iterator(items);
    boolean filtered = s.filter() != null;
    LoopContext loop =
        new LoopContext(
            items,
            filtered ? filtered(s, source, scope) : source,
            filtered,
            depth0,
            s.recursive() ? inner -> recursiveLoop(s, inner, scope, depth0 + 1) : null,
            budget);
    // As in Jinja2, a pass cut short by continue or break does not count against else.
    boolean completed = false;
    while (loop.advance()) {
      budget.charge(STEPS_PER_PASS);
      Scope inner = innerScope(scope, s.body());
      assign(s.target(), loop.current(), inner);
      inner.set("loop", loop);
      Flow flow = run(s.body().statements(), inner, out);
      if (flow == Flow.BREAK) {
        break;
      }
      completed |= flow == Flow.NEXT;
    }
    return completed
        ? Flow.NEXT
        : run(s.otherwise().statements(), innerScope(scope, s.otherwise()), out);
  }

  private Iterator<Object> filtered(Stmt.For s, Iterator<Object> source, Scope scope) {
    return new FilteredIterator(
        source,
        item -> {
          Scope inner = new Scope(scope);
          assign(s.target(), item, inner);
          budget.step();
          return Values.truth(evaluate(s.filter(), inner));
        });
  }

  private void assign(Stmt.Target target, Object value, Scope scope) {
    switch (target) {
      case Stmt.NameTarget(String name) -> scope.set(name, value);
      case Stmt.NamespaceTarget(String name, String attribute) -> {
        if (!(scope.get(name) instanceof Namespace namespace)) {
          throw new RenderError("cannot assign attribute on non-namespace object '" + name + "'");
        }
        namespace.attributes().put(attribute, value);
      }
      case Stmt.TupleTarget(List<Stmt.Target> targets) -> {
        budget.operand(value);
        Iterator<Object> parts = Values.iterator(value);
        for (int i = 0; i < targets.size(); i++) {
          if (!parts.hasNext()) {
            throw new RenderError(
                "not enough values to unpack (expected " + targets.size() + ", got " + i + ")");
          }
          assign(targets.get(i), parts.next(), scope);
        }
        if (parts.hasNext()) {
          throw new RenderError("too many values to unpack (expected " + targets.size() + ")");
        }
      }
    }
  }

  private Flow setBlock(Stmt.SetBlock s, Scope scope) {
    StringBuilder text = new StringBuilder();
    Flow flow = run(s.body().statements(), innerScope(scope, s.body()), text);
    if (flow == Flow.NEXT) {
      evaluator.at(s.line());
      assign(s.target(), evaluator.filterAll(s.filters(), text.toString(), scope), scope);
    }
    return flow;
  }

  private Flow filterBlock(Stmt.FilterBlock s, Scope scope, StringBuilder out) {
    StringBuilder text = new StringBuilder();
    Scope inner = innerScope(scope, s.body());
    Flow flow = run(s.body().statements(), inner, text);
    if (flow == Flow.NEXT) {
      evaluator.at(s.line());
      print(Text.str(evaluator.filterAll(s.filters(), text.toString(), inner), budget), out);
    }
    return flow;
  }

  private Flow with(Stmt.With s, Scope scope, StringBuilder out) {
    evaluator.at(s.line());
    Scope inner = innerScope(scope, s.body());
    for (int i = 0; i < s.targets().size(); i++) {
      assign(s.targets().get(i), evaluate(s.values().get(i), scope), inner);
    }
    return run(s.body().statements(), inner, out);
  }
}
