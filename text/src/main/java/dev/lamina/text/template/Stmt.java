package dev.lamina.text.template;

import java.util.List;

/** A statement of a template. {@code line} is where it starts, for messages. */
sealed interface Stmt {

  /** Statements with names of their own: what is set inside stays inside. */
  record Body(List<Stmt> statements) {}

  record Data(String text) implements Stmt {}

  record Output(Expr value, int line) implements Stmt {}

  /** The first branch whose test holds, or {@code otherwise}. */
  record If(List<Branch> branches, List<Stmt> otherwise, int line) implements Stmt {}

  record Branch(Expr test, List<Stmt> statements) {}

  /** {@code filter} may be null; {@code otherwise} is empty when there is no else. */
  record For(
      Target target,
      Expr items,
      Expr filter,
      boolean recursive,
      Body body,
      Body otherwise,
      int line)
      implements Stmt {}

  record Set(Target target, Expr value, int line) implements Stmt {}

  /** The filters, which have no target, apply to the body's text in turn. */
  record SetBlock(Target target, List<Expr.Filter> filters, Body body, int line) implements Stmt {}

  record DefineMacro(Macro macro, int line) implements Stmt {}

  /** Calls {@code call} with the macro as its {@code caller}. */
  record CallBlock(Expr.Call call, Macro caller, int line) implements Stmt {}

  /** The {@code generation} block of Hugging Face: marks the assistant's text, prints its body. */
  record Generation(Body body, int line) implements Stmt {}

  record FilterBlock(List<Expr.Filter> filters, Body body, int line) implements Stmt {}

  record With(List<Target> targets, List<Expr> values, Body body, int line) implements Stmt {}

  record Block(String name, Body body, boolean scoped, int line) implements Stmt {}

  /** A body in a scope of its own that is printed as it is. */
  record Scoped(Body body, int line) implements Stmt {}

  record Break() implements Stmt {}

  record Continue() implements Stmt {}

  /**
   * A macro's signature and body.
   *
   * @param name null for the body of a call block
   * @param defaults for the last parameters
   * @param usesCaller whether the body reads {@code caller}; likewise the other two
   */
  record Macro(
      String name,
      List<String> parameters,
      List<Expr> defaults,
      Body body,
      boolean usesCaller,
      boolean usesKwargs,
      boolean usesVarargs) {}

  /** What {@code set} and {@code for} assign to. */
  sealed interface Target {}

  record NameTarget(String name) implements Target {}

  record TupleTarget(List<Target> targets) implements Target {}

  /** {@code name.attribute} of a namespace. */
  record NamespaceTarget(String name, String attribute) implements Target {}
}
