package dev.lamina.cli;

import dev.lamina.cli.arguments.LlamaOption;
import dev.lamina.cli.arguments.LlamaOptions;
import dev.lamina.cli.arguments.OptionState;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Generates {@code docs/options.md} from the commands and the table of llama.cpp's options. */
final class OptionsDocument {
  private static final String INTRODUCTION =
      """
      # Options

      All options of all commands, made from the code; the test that checks this file writes a new one. Commands that
      llama.cpp has too know all options of its tools:

      | state | |
      |---|---|
      | works | the option does what it says |
      | no effect | it is taken and changes nothing, for the reason that is given; `-v` says so when it is used |
      | ignored | it is taken, and a warning says that it should do something and does nothing yet |
      | elsewhere | it is refused, as another command does it |
      | not yet | it is refused; a value that asks for nothing, such as `--draft 0`, is taken |

      The last of a repeated option counts, except where several values make a list. `_` in a long name is `-`. The word
      after an option is its value, whatever it begins with. A variable of the environment is the default of its option;
      that of a flag is `on` or `off`, and with `LLAMA_ARG_NO_` in the place of `LLAMA_ARG_` it asks for the opposite,
      whatever its value.
      """;

  private static final String HEADER =
      "| option | value | state | | variable |\n|---|---|---|---|---|\n";

  private OptionsDocument() {}

  /**
   * @param commands by name
   */
  static String of(Map<String, CommandLine> commands) {
    StringBuilder text = new StringBuilder(INTRODUCTION);
    commands.forEach((name, command) -> {
      if (!command.getCommandSpec().usageMessage().hidden()) {
        text.append("\n## ").append(name).append("\n\n");
        if (name.equals("plan")) {
          text.append("Other options of `run` are taken as `run` takes them.\n\n");
        }
        text.append(HEADER);
        rows(name, command).forEach(text::append);
      }
    });
    return text.toString();
  }

  private static Stream<String> rows(String name, CommandLine command) {
    LlamaOptions llama = LlamaOptions.of(name);
    Set<String> described = new HashSet<>();
    List<String> own =
        command.getCommandSpec().options().stream()
            .sorted(Comparator.comparingInt(OptionSpec::order))
            .map(option -> own(option, llama, described))
            .toList();
    Stream<String> others =
        llama.all().stream()
            .filter(
                option -> !name.equals("plan") && option.spellings().noneMatch(described::contains))
            .map(OptionsDocument::llama);
    return Stream.concat(own.stream(), others);
  }

  private static String own(OptionSpec option, LlamaOptions llama, Set<String> described) {
    Set<String> names = new LinkedHashSet<>(List.of(option.names()));
    if (option.negatable()) {
      names.add("--no-" + option.longestName().substring(2));
    }
    String variable = "";
    for (String name : option.names()) {
      LlamaOption row = llama.find(name);
      if (row != null) {
        row.spellings().forEach(names::add);
        variable = row.variable();
      }
    }
    described.addAll(names);
    String value = option.arity().max() == 0 ? "" : option.paramLabel();
    String description =
        String.join(" ", option.description())
            .replace("%%", "%")
            .replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()))
            .replace("${COMPLETION-CANDIDATES}", candidates(option));
    return row(names, value, OptionState.WORKS, description, variable);
  }

  private static String candidates(OptionSpec option) {
    return option.completionCandidates() == null
        ? ""
        : String.join(", ", option.completionCandidates());
  }

  private static String llama(LlamaOption option) {
    return row(
        option.spellings().collect(Collectors.toCollection(LinkedHashSet::new)),
        option.value(),
        option.state(),
        option.reason(),
        option.variable());
  }

  private static String row(
      Set<String> names, String value, OptionState state, String text, String variable) {
    return "| %s | %s | %s | %s | %s |\n"
        .formatted(
            names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(" ")),
            escape(value),
            state.text(),
            escape(text),
            variable.isEmpty() ? "" : "`" + variable + "`");
  }

  private static String escape(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
  }
}
