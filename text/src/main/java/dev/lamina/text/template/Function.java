package dev.lamina.text.template;

/** A value that a template can call. */
interface Function {
  /** As {@code repr} shows it. */
  String describe();

  Object call(CallArgs args);

  /** An attribute such as a macro's name, or {@link CallArgs#ABSENT}. */
  default Object attribute(String name) {
    return CallArgs.ABSENT;
  }

  /** A function that is nothing but its body. */
  static Function of(String description, java.util.function.Function<CallArgs, Object> body) {
    return new Function() {
      @Override
      public String describe() {
        return description;
      }

      @Override
      public Object call(CallArgs args) {
        return body.apply(args);
      }
    };
  }
}
