package dev.lamina.text.template;

import java.util.List;

/** An expression of a template. {@code line} is where it stands, for messages. */
sealed interface Expr {

  record Const(Object value) implements Expr {}

  record Name(String name) implements Expr {}

  record ListOf(List<Expr> items) implements Expr {}

  record TupleOf(List<Expr> items) implements Expr {}

  /** Keys and values in step. */
  record DictOf(List<Expr> keys, List<Expr> values) implements Expr {}

  record Negate(Expr operand) implements Expr {}

  record Plus(Expr operand) implements Expr {}

  record Not(Expr operand) implements Expr {}

  record And(Expr left, Expr right) implements Expr {}

  record Or(Expr left, Expr right) implements Expr {}

  record Binary(String operator, Expr left, Expr right) implements Expr {}

  /** {@code first op operand op operand ...}, each pair compared, as Python chains. */
  record Compare(Expr first, List<Operand> rest) implements Expr {}

  record Operand(String operator, Expr value) {}

  record Concat(List<Expr> parts) implements Expr {}

  /** {@code then if test else otherwise}; {@code otherwise} may be null. */
  record Conditional(Expr test, Expr then, Expr otherwise, int line) implements Expr {}

  record Attribute(Expr owner, String name, int line) implements Expr {}

  record Item(Expr owner, Expr key, int line) implements Expr {}

  /** {@code owner[start:stop:step]}; each bound may be null. */
  record Slice(Expr owner, Expr start, Expr stop, Expr step, int line) implements Expr {}

  record Call(Expr function, Arguments arguments, int line) implements Expr {}

  /** {@code target|name(arguments)}; the target is null where a block is filtered. */
  record Filter(Expr target, String name, Arguments arguments, int line) implements Expr {}

  record Test(Expr target, String name, Arguments arguments, int line) implements Expr {}

  /** Arguments as written; {@code star} and {@code doubleStar} may be null. */
  record Arguments(List<Expr> positional, List<Keyword> named, Expr star, Expr doubleStar) {
    static final Arguments NONE = new Arguments(List.of(), List.of(), null, null);

    boolean isEmpty() {
      return positional.isEmpty() && named.isEmpty() && star == null && doubleStar == null;
    }
  }

  record Keyword(String name, Expr value) {}
}
