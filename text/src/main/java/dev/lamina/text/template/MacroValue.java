package dev.lamina.text.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A macro with the scope it was defined in. */
record MacroValue(Stmt.Macro macro, Scope closure, Interpreter interpreter) implements Function {

  @Override
  public String describe() {
    return macro.name() == null ? "<Macro anonymous>" : "<Macro '" + macro.name() + "'>";
  }

  @Override
  public Object attribute(String name) {
    return switch (name) {
      case "name" -> macro.name();
      case "arguments" -> new Tuple(new ArrayList<>(macro.parameters()));
      case "catch_kwargs" -> macro.usesKwargs();
      case "catch_varargs" -> macro.usesVarargs();
      case "caller" -> macro.usesCaller();
      default -> CallArgs.ABSENT;
    };
  }

  @Override
  public Object call(CallArgs args) {
    Scope scope = interpreter.innerScope(closure, macro.body());
    Map<String, Object> named = new LinkedHashMap<>(args.named());
    bindParameters(args.positional(), named, scope);
    if (macro.usesCaller() && !macro.parameters().contains("caller")) {
      Object caller = named.remove("caller");
      scope.set("caller", caller == null ? new Undefined("no caller defined") : caller);
    }
    if (macro.usesKwargs()) {
      Dict kwargs = new Dict();
      named.forEach(kwargs::put);
      scope.set("kwargs", kwargs);
    } else if (!named.isEmpty()) {
      throw new RenderError(
          title() + " takes no keyword argument '" + named.keySet().iterator().next() + "'");
    }
    int declared = macro.parameters().size();
    List<Object> positional = args.positional();
    if (macro.usesVarargs()) {
      int from = Math.min(declared, positional.size());
      scope.set("varargs", new Tuple(positional.subList(from, positional.size())));
    } else if (positional.size() > declared) {
      throw new RenderError(title() + " takes not more than " + declared + " argument(s)");
    }
    return interpreter.renderBody(macro.body(), scope);
  }

  private String title() {
    return macro.name() == null ? "the call block" : "macro '" + macro.name() + "'";
  }

  // All given arguments are there before the first default is evaluated.
  private void bindParameters(List<Object> positional, Map<String, Object> named, Scope scope) {
    List<String> parameters = macro.parameters();
    List<Integer> absent = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      String parameter = parameters.get(i);
      if (i < positional.size()) {
        scope.set(parameter, positional.get(i));
      } else if (named.containsKey(parameter)) {
        scope.set(parameter, named.remove(parameter));
      } else {
        scope.set(parameter, new Undefined("parameter '" + parameter + "' was not provided"));
        absent.add(i);
      }
    }
    int firstDefault = parameters.size() - macro.defaults().size();
    for (int i : absent) {
      if (i >= firstDefault) {
        Expr value = macro.defaults().get(i - firstDefault);
        scope.set(parameters.get(i), interpreter.evaluate(value, scope));
      }
    }
  }
}
