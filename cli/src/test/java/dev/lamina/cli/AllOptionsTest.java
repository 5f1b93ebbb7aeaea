package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cli.arguments.ArgumentException;
import dev.lamina.cli.arguments.ArgumentReader;
import dev.lamina.cli.arguments.Arguments;
import dev.lamina.cli.arguments.LlamaOption;
import dev.lamina.cli.arguments.LlamaOptions;
import dev.lamina.cli.arguments.OptionState;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * How each option of each command is read: twice, with underscores, with any value, from outside.
 */
class AllOptionsTest {
  private static final List<String> ODD_VALUES =
      List.of("-1", "--help", "-the", "@file", "--", "", "a b", "\"q\"", "a=b");

  private static final Map<String, CommandLine> COMMANDS = root().getSubcommands();

  static Set<String> commands() {
    return COMMANDS.keySet();
  }

  private static CommandLine root(String... args) {
    return CommandLines.create(
        Console.of(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream()),
        args);
  }

  private static CommandSpec spec(String command) {
    return COMMANDS.get(command).getCommandSpec();
  }

  /** The command's options, except those that end it. */
  private static List<OptionSpec> own(String command) {
    return spec(command).options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .toList();
  }

  private static boolean isFlag(OptionSpec option) {
    return option.arity().max() == 0;
  }

  private static Arguments read(
      String command, Map<String, String> environment, List<String> words) {
    return new ArgumentReader(spec(command), LlamaOptions.of(command), environment).read(words);
  }

  private static List<String> words(String command, List<String> words) {
    return read(command, Map.of(), words).words();
  }

  /** Parses options, with as many parameters as the command needs. */
  private static CommandLine.ParseResult parse(String command, List<String> options) {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(options);
    spec(command)
        .positionalParameters()
        .forEach(each -> words.addAll(Collections.nCopies(each.arity().min(), "x")));
    return root(command).parseArgs(words.toArray(String[]::new)).subcommand();
  }

  /** An option with a value of the right kind, another for another number. */
  private static List<String> given(String name, OptionSpec option, int which) {
    if (isFlag(option)) {
      return List.of(name);
    }
    if (option.completionCandidates() != null) {
      return List.of(name, option.completionCandidates().iterator().next());
    }
    Class<?> type =
        option.isMultiValue()
            ? option.typeInfo().getAuxiliaryTypes()[0]
            : option.typeInfo().getType();
    if (option.paramLabel().startsWith("KEY=")) {
      return List.of(name, "a.b=int:" + which);
    }
    boolean isText = type == String.class || type == java.nio.file.Path.class;
    return List.of(name, isText ? "-v" + which : Integer.toString(which));
  }

  private static List<String> join(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theLastOfARepeatedOptionCounts(String command) {
    for (OptionSpec option : own(command)) {
      for (String name : option.names()) {
        List<String> twice = join(given(name, option, 1), given(name, option, 2));
        List<String> read = words(command, twice);
        assertEquals(option.isMultiValue() ? 2 : 1, read.size(), read.toString());
        assertEquals(String.join("=", given(name, option, 2)), read.getLast());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void allOptionsAreTakenTogetherAndTwice(String command) {
    List<String> words = new ArrayList<>();
    for (int which = 1; which <= 2; which++) {
      for (OptionSpec option : own(command)) {
        words.addAll(given(option.longestName(), option, which));
      }
    }
    parse(command, words(command, words));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void underscoresAreHyphensInLongNames(String command) {
    for (OptionSpec option : own(command)) {
      for (String name : option.names()) {
        if (name.startsWith("--")) {
          String spelled = "--" + name.substring(2).replace('-', '_');
          assertEquals(
              words(command, given(name, option, 1)), words(command, given(spelled, option, 1)));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theNextWordIsTheValueWhateverItIs(String command) {
    for (OptionSpec option : own(command)) {
      for (String value : option.arity().min() == 1 ? ODD_VALUES : List.<String>of()) {
        String name = option.longestName();
        assertEquals(List.of(name + "=" + value), words(command, List.of(name, value)));
        assertEquals(List.of(name + "=" + value), words(command, List.of(name + "=" + value)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void textsReachTheCommandAsTheyAre(String command) {
    for (String value : ODD_VALUES) {
      List<String> words = new ArrayList<>();
      for (OptionSpec option : own(command)) {
        if (option.typeInfo().getType() == String.class && option.arity().min() == 1) {
          words.addAll(List.of(option.longestName(), value));
        } else if (option.required()) {
          words.addAll(given(option.longestName(), option, 1));
        }
      }
      List<String> read = words(command, words);
      CommandLine.ParseResult parsed = parse(command, read);
      for (OptionSpec option : own(command)) {
        if (option.typeInfo().getType() == String.class && parsed.hasMatchedOption(option)) {
          assertEquals(value, parsed.matchedOptionValue(option.longestName(), null));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void variablesGiveWhatTheCommandLineDoesNot(String command) {
    for (LlamaOption option : LlamaOptions.of(command).all()) {
      OptionSpec own = spec(command).optionsMap().get(option.names().getFirst());
      if (option.variable().isEmpty() || own == null) {
        continue;
      }
      String name = option.names().getFirst();
      List<String> from = given(name, own, 1);
      Map<String, String> set = Map.of(option.variable(), isFlag(own) ? "on" : from.getLast());
      assertEquals(List.of(String.join("=", from)), read(command, set, List.of()).words());
      List<String> typed = given(name, own, 2);
      assertEquals(List.of(String.join("=", typed)), read(command, set, typed).words());
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void llamaOptionsAreKnownOnceByAllTheirNames(String command) {
    Set<String> names = new HashSet<>();
    for (LlamaOption option : LlamaOptions.of(command).all()) {
      option
          .spellings()
          .forEach(name -> {
            assertTrue(names.add(name), name);
            assertTrue(name.matches("--?[a-z][a-z0-9-]*|-[A-Z][a-z]*"), name);
            checkKnown(command, option, name);
          });
    }
  }

  private static void checkKnown(String command, LlamaOption option, String name) {
    if (spec(command).optionsMap().containsKey(name)
        || spec(command).negatedOptionsMap().containsKey(name)) {
      return;
    }
    List<String> words = new ArrayList<>(List.of(name));
    if (!option.value().isEmpty()) {
      words.addAll(Collections.nCopies(option.value().split(" ").length, value(option)));
    }
    try {
      assertFalse(words(command, words).contains(name), name);
    } catch (ArgumentException e) {
      assertTrue(
          option.state() == OptionState.NOT_YET || option.state() == OptionState.ELSEWHERE,
          e.getMessage());
      assertTrue(e.getMessage().startsWith(name + " is not "), e.getMessage());
    }
  }

  private static String value(LlamaOption option) {
    String text = option.value().replaceAll("[\\[\\]]", "");
    return text.startsWith("N") ? "3" : text.contains("/") ? text.replaceFirst("/.*", "") : "x";
  }
}
