package dev.lamina.text.template;

import java.util.Map;

/** A method of a built-in type. */
interface Method<T> {
  Object call(T self, CallArgs args, Budget budget);

  /** The method of that name as a function of its arguments, or {@link CallArgs#ABSENT}. */
  static <T> Object bind(Map<String, Method<T>> methods, T self, String name, Budget budget) {
    Method<T> method = methods.get(name);
    if (method == null) {
      return CallArgs.ABSENT;
    }
    return Function.of(
        "<built-in method " + name + " of " + Values.typeName(self) + " object>",
        args -> {
          budget.operand(self);
          return method.call(self, args, budget);
        });
  }
}
