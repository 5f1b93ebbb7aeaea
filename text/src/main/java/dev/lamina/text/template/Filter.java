package dev.lamina.text.template;

/** A filter: the part of an expression after {@code |}. */
interface Filter {
  Object apply(Object value, CallArgs args, Budget budget);
}
