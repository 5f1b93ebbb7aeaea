package dev.lamina.text.template;

/** What stands after {@code |}. */
interface Filter {
  Object apply(Object value, CallArgs args, Budget budget);
}
