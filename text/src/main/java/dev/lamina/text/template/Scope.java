package dev.lamina.text.template;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Variables of one body, inside those of the bodies around it. */
final class Scope {
  private static final Object MISSING = new Object();

  private final Scope parent;
  private final int depth;
  private final Map<String, Object> variables = new HashMap<>();

  Scope(Scope parent) {
    this.parent = parent;
    this.depth = parent == null ? 0 : parent.depth + 1;
  }

  /** Scopes around this one. */
  int depth() {
    return depth;
  }

  /** Names that this scope itself knows. */
  int size() {
    return variables.size();
  }

  /** A scope inside this one in which {@code hidden} names are undefined until they are set. */
  Scope inner(Collection<String> hidden) {
    Scope scope = new Scope(this);
    for (String name : hidden) {
      scope.variables.put(name, MISSING);
    }
    return scope;
  }

  /** What a block sees of this scope: only what has been set. */
  Scope visible() {
    Scope scope = new Scope(parent);
    variables.forEach((name, value) -> {
      if (value != MISSING) {
        scope.set(name, value);
      }
    });
    return scope;
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  /** The value of a name, or {@link Undefined}. */
  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Object value = scope.variables.get(name);
      if (value != null) {
        return value == MISSING ? Undefined.name(name) : value;
      }
      if (scope.variables.containsKey(name)) {
        return null;
      }
    }
    return Undefined.name(name);
  }
}
