package dev.lamina.text.template;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Finds, for each body, the names that are set in it before anything reads them and that no body
 * around it mentions. Jinja2 treats these as undefined from the start of the body, even where the
 * context holds a variable of that name: {@code {% for i in x %}{{ a }}{% endfor %}{% set a = 1 %}}
 * prints nothing for a context with {@code a}.
 */
final class ScopeAnalysis {
  private static final int MAX_DEPTH = 400;

  private final IdentityHashMap<Stmt.Body, Set<String>> hidden = new IdentityHashMap<>();
  private int depth;

  private ScopeAnalysis() {}

  /**
   * @throws TemplateException if an expression nests too deeply, or a filter or test that is sure
   *     to be reached does not exist
   */
  static IdentityHashMap<Stmt.Body, Set<String>> of(Stmt.Body template) {
    ScopeAnalysis analysis = new ScopeAnalysis();
    analysis.new Frame(null).body(template);
    return analysis.hidden;
  }

  /** The names of one body. */
  private final class Frame {
    private final Frame parent;
    private final Set<String> mentioned = new HashSet<>();
    private final Set<String> early = new HashSet<>();
    // A name that only a branch sets may still come from outside.
    private int branches;

    Frame(Frame parent) {
      this.parent = parent;
    }

    Frame declare(String... names) {
      mentioned.addAll(List.of(names));
      return this;
    }

    private boolean mentions(String name) {
      return mentioned.contains(name) || parent != null && parent.mentions(name);
    }

    private void store(String name) {
      boolean outside = parent != null && parent.mentions(name);
      if (mentioned.add(name) && branches == 0 && !outside) {
        early.add(name);
      }
    }

    private void store(Stmt.Target target) {
      switch (target) {
        case Stmt.NameTarget(String name) -> store(name);
        case Stmt.TupleTarget(List<Stmt.Target> targets) -> targets.forEach(this::store);
        case Stmt.NamespaceTarget(String name, String attribute) -> load(name);
      }
    }

    private void declare(Stmt.Target target) {
      switch (target) {
        case Stmt.NameTarget(String name) -> mentioned.add(name);
        case Stmt.TupleTarget(List<Stmt.Target> targets) -> targets.forEach(this::declare);
        case Stmt.NamespaceTarget t -> {}
      }
    }

    private void load(String name) {
      if (!mentions(name)) {
        mentioned.add(name);
      }
    }

    // The whole body first, then the bodies in it: they see every name it mentions.
    void body(Stmt.Body body) {
      statements(body.statements());
      if (!early.isEmpty()) {
        hidden.put(body, early);
      }
      inner(body.statements());
    }

    private void statements(List<Stmt> statements) {
      for (Stmt statement : statements) {
        switch (statement) {
          case Stmt.Output s -> load(s.value());
          case Stmt.If s -> branches(s);
          case Stmt.For s -> load(s.items());
          case Stmt.Set s -> {
            load(s.value());
            store(s.target());
          }
          case Stmt.SetBlock s -> {
            store(s.target());
            s.filters().forEach(this::load);
          }
          case Stmt.DefineMacro s -> store(s.macro().name());
          case Stmt.CallBlock s -> load(s.call());
          case Stmt.FilterBlock s -> s.filters().forEach(this::load);
          case Stmt.With s -> s.values().forEach(this::load);
          case Stmt.Data s -> {}
          case Stmt.Generation s -> {}
          case Stmt.Block s -> {}
          case Stmt.Scoped s -> {}
          case Stmt.Break s -> {}
          case Stmt.Continue s -> {}
        }
      }
    }

    private void branches(Stmt.If s) {
      branches++;
      for (Stmt.Branch branch : s.branches()) {
        load(branch.test());
        statements(branch.statements());
      }
      statements(s.otherwise());
      branches--;
    }

    private void inner(List<Stmt> statements) {
      for (Stmt statement : statements) {
        switch (statement) {
          case Stmt.If s -> {
            s.branches().forEach(b -> inner(b.statements()));
            inner(s.otherwise());
          }
          case Stmt.For s -> {
            Frame frame = new Frame(this).declare("loop");
            frame.declare(s.target());
            frame.body(s.body());
            Frame filter = new Frame(this);
            filter.declare(s.target());
            filter.load(s.filter());
            new Frame(this).body(s.otherwise());
          }
          case Stmt.DefineMacro s -> macro(s.macro());
          case Stmt.CallBlock s -> macro(s.caller());
          case Stmt.With s -> {
            Frame frame = new Frame(this);
            s.targets().forEach(frame::declare);
            frame.body(s.body());
          }
          case Stmt.SetBlock s -> new Frame(this).body(s.body());
          case Stmt.FilterBlock s -> new Frame(this).body(s.body());
          case Stmt.Generation s -> new Frame(this).body(s.body());
          case Stmt.Scoped s -> new Frame(this).body(s.body());
          case Stmt.Block s -> new Frame(null).body(s.body());
          case Stmt.Data s -> {}
          case Stmt.Output s -> {}
          case Stmt.Set s -> {}
          case Stmt.Break s -> {}
          case Stmt.Continue s -> {}
        }
      }
    }

    private void macro(Stmt.Macro macro) {
      Frame frame = new Frame(this).declare(macro.parameters().toArray(String[]::new));
      frame.declare("caller", "kwargs", "varargs");
      macro.defaults().forEach(frame::load);
      frame.body(macro.body());
    }

    private void load(Expr expr) {
      if (expr == null) {
        return;
      }
      if (++depth > MAX_DEPTH) {
        throw new TemplateException(
            "chat template: an expression nests too deeply (over " + MAX_DEPTH + " levels)");
      }
      switch (expr) {
        case Expr.Const e -> {}
        case Expr.Name e -> load(e.name());
        case Expr.ListOf e -> e.items().forEach(this::load);
        case Expr.TupleOf e -> e.items().forEach(this::load);
        case Expr.DictOf e -> {
          e.keys().forEach(this::load);
          e.values().forEach(this::load);
        }
        case Expr.Negate e -> load(e.operand());
        case Expr.Plus e -> load(e.operand());
        case Expr.Not e -> load(e.operand());
        case Expr.And e -> both(e.left(), e.right());
        case Expr.Or e -> both(e.left(), e.right());
        case Expr.Binary e -> both(e.left(), e.right());
        case Expr.Compare e -> {
          load(e.first());
          e.rest().forEach(operand -> load(operand.value()));
        }
        case Expr.Concat e -> e.parts().forEach(this::load);
        case Expr.Conditional e -> {
          branches++;
          both(e.test(), e.then());
          load(e.otherwise());
          branches--;
        }
        case Expr.Attribute e -> load(e.owner());
        case Expr.Item e -> both(e.owner(), e.key());
        case Expr.Slice e -> {
          both(e.owner(), e.start());
          both(e.stop(), e.step());
        }
        case Expr.Call e -> withArguments(e.function(), e.arguments());
        case Expr.Filter e -> {
          require(Filters.has(e.name()), Filters.unknown(e.name()), e.line());
          withArguments(e.target(), e.arguments());
        }
        case Expr.Test e -> {
          require(Tests.has(e.name()), Tests.unknown(e.name()), e.line());
          withArguments(e.target(), e.arguments());
        }
      }
      depth--;
    }

    // Inside a branch an unknown filter or test fails only when it is reached.
    private void require(boolean known, String message, int line) {
      if (!known && branches == 0) {
        throw TemplateException.atLine(line, message);
      }
    }

    private void both(Expr a, Expr b) {
      load(a);
      load(b);
    }

    private void withArguments(Expr target, Expr.Arguments arguments) {
      load(target);
      arguments.positional().forEach(this::load);
      arguments.named().forEach(keyword -> load(keyword.value()));
      both(arguments.star(), arguments.doubleStar());
    }
  }
}
