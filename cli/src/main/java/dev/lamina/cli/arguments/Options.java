package dev.lamina.cli.arguments;

import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.IScope;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Takes the options of a command. A setter is called only with values, never with null. */
public final class Options {
  /** Picocli gives options in a group their defaults only if it has the group's object. */
  private static final IScope PRESENT = new Present();

  private final CommandSpec command;

  /** The group that takes the options; null for the command itself. */
  private final ArgGroupSpec.Builder group;

  /** The options of a whole command. */
  public Options(CommandSpec command) {
    this(command, null);
  }

  private Options(CommandSpec command, ArgGroupSpec.Builder group) {
    this.command = command;
    this.group = group;
  }

  public CommandSpec command() {
    return command;
  }

  /** Describes the command; the first line is also its line in the list of commands. */
  public void describe(String... lines) {
    command.usageMessage().description(lines);
  }

  /** Adds an option with one value, or a flag if the type is {@code boolean.class}. */
  public <T> void add(OptionSpec.Builder option, Class<T> type, Consumer<? super T> setter) {
    add(option.type(type), new Value(setter));
  }

  /** Adds an option whose values make a list. */
  public <T> void addList(
      OptionSpec.Builder option, Class<T> element, Consumer<? super List<T>> setter) {
    add(option.type(List.class).auxiliaryTypes(element), new Value(setter));
  }

  /** Adds a parameter with one value. */
  public <T> void add(
      PositionalParamSpec.Builder parameter, Class<T> type, Consumer<? super T> setter) {
    add(parameter.type(type), new Value(setter));
  }

  /** Adds a parameter whose values make a list. */
  public <T> void addList(
      PositionalParamSpec.Builder parameter, Class<T> element, Consumer<? super List<T>> setter) {
    add(parameter.type(List.class).auxiliaryTypes(element), new Value(setter));
  }

  /** Adds the options of a part. */
  public void addAll(OptionHolder part) {
    part.declare(this);
  }

  /** Adds the options of a part under a heading of their own in the help. */
  public void group(String heading, OptionHolder part) {
    add(ArgGroupSpec.builder().validate(false).heading(heading), part);
  }

  /** Adds the options of a part as a group without a heading. */
  public void group(OptionHolder part) {
    add(ArgGroupSpec.builder().validate(false), part);
  }

  /** Adds options of which at most one may be given. */
  public void oneOf(OptionHolder part) {
    add(ArgGroupSpec.builder(), part);
  }

  /** Adds options of which one must be given. */
  public void exactlyOneOf(OptionHolder part) {
    add(ArgGroupSpec.builder().multiplicity("1"), part);
  }

  private void add(ArgGroupSpec.Builder builder, OptionHolder part) {
    part.declare(new Options(command, builder));
    if (group == null) {
      command.addArgGroup(builder.build());
    } else {
      group.addSubgroup(builder.build());
    }
  }

  private void add(ArgSpec arg) {
    if (group == null) {
      command.add(arg);
    } else {
      group.addArg(arg);
    }
  }

  private void add(OptionSpec.Builder option, Value value) {
    add(option.getter(value).setter(value).scope(PRESENT).initialValue(null).build());
  }

  private void add(PositionalParamSpec.Builder parameter, Value value) {
    boolean required = parameter.arity() == null || parameter.arity().min() > 0;
    add(
        parameter
            .required(required)
            .getter(value)
            .setter(value)
            .scope(PRESENT)
            .initialValue(null)
            .build());
  }

  private static final class Present implements IScope {
    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // picocli wants it so
    public <T> T get() {
      return (T) this;
    }

    @Override
    public <T> T set(T object) {
      return get();
    }
  }

  /** The value of an option; null until it is set. */
  private static final class Value implements IGetter, ISetter {
    private final Consumer<Object> setter;
    private Object value;

    @SuppressWarnings("unchecked") // picocli gives values of the option's type
    Value(Consumer<?> setter) {
      this.setter = (Consumer<Object>) setter;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // picocli wants it so
    public <T> T get() {
      return (T) value;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // picocli wants it so
    public <T> T set(T given) {
      Object before = value;
      value = given;
      if (given != null) {
        setter.accept(given);
      }
      return (T) before;
    }
  }
}
