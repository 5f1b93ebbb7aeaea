package dev.lamina.text.template;

/**
 * The value of a name, attribute or element that does not exist. It prints as nothing, is false and
 * empty; anything else done to it fails with {@code reason}.
 *
 * @param reason one line for the error message
 */
record Undefined(String reason) {

  static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  static Undefined of(Object owner, Object key) {
    String type = owner == null ? "None" : Values.typeName(owner) + " object";
    return key instanceof String name
        ? new Undefined("'" + type + "' has no attribute '" + name + "'")
        : new Undefined(
            type
                + " has no element "
                + (Values.isNumber(key) ? key.toString() : "of type " + Values.typeName(key)));
  }

  RenderError error() {
    return new RenderError(reason);
  }

  /** All undefined values are equal, as in Jinja2. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Undefined;
  }

  @Override
  public int hashCode() {
    return 1;
  }

  @Override
  public String toString() {
    return "";
  }
}
