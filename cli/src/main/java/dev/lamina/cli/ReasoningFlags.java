package dev.lamina.cli;

import dev.lamina.chat.ModelTemplates;
import dev.lamina.chat.ReasoningOptions;
import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/** Options for a model's thoughts: how long they may be, and how they are shown. */
final class ReasoningFlags implements OptionHolder {

  private OnOffAuto reasoning;
  private Integer budget;
  private String budgetMessage;
  private String format;
  private String effort;
  private Boolean preserve;

  @Override
  public void declare(Options options) {
    options.add(
        OptionSpec.builder("-rea", "--reasoning")
            .paramLabel("on|off|auto")
            .defaultValue("auto")
            .converters(new OnOffAuto.Converter())
            .description(
                "whether the model thinks before it answers; auto: as its chat template has it (default: "
                    + "${DEFAULT-VALUE})"),
        OnOffAuto.class,
        value -> reasoning = value);
    options.add(
        OptionSpec.builder("--reasoning-budget")
            .paramLabel("N")
            .description("most tokens of a thought; 0: none, -1: no limit (default: -1)"),
        Integer.class,
        value -> budget = value);
    options.add(
        OptionSpec.builder("--reasoning-budget-message")
            .paramLabel("TEXT")
            .defaultValue("")
            .description("what a thought ends with that has used its budget up"),
        String.class,
        value -> budgetMessage = value);
    options.add(
        OptionSpec.builder("--reasoning-format")
            .paramLabel("FORMAT")
            .defaultValue("auto")
            .description(
                "none: thoughts are part of the answer and stay in the conversation; auto, deepseek,"
                    + " deepseek-legacy: they are left out of later turns (default: ${DEFAULT-VALUE})"),
        String.class,
        value -> format = value);
    options.add(
        OptionSpec.builder("--reasoning-effort")
            .paramLabel("LEVEL")
            .description(
                "variable reasoning_effort of the chat template, such as low, medium, high"),
        String.class,
        value -> effort = value);
    options.add(
        OptionSpec.builder("--reasoning-preserve")
            .negatable(true)
            .description(
                "give thoughts of former turns back to the model, if its template knows how"),
        Boolean.class,
        value -> preserve = value);
  }

  /**
   * @throws IllegalArgumentException if an option is out of range; the message names it
   */
  ReasoningOptions options() {
    if (budget != null && budget < -1) {
      throw new IllegalArgumentException(
          "--reasoning-budget " + budget + ", expected a number of tokens or -1");
    }
    int limit = budget != null ? budget : reasoning == OnOffAuto.OFF ? 0 : -1;
    boolean split =
        switch (format.toLowerCase(java.util.Locale.ROOT)) {
          case "none" -> false;
          case "auto", "deepseek", "deepseek-legacy" -> true;
          default ->
              throw new IllegalArgumentException(
                  "--reasoning-format "
                      + format
                      + ", expected none, auto, deepseek or deepseek-legacy");
        };
    return new ReasoningOptions(split, limit, budgetMessage);
  }

  /** Variables for the chat template. */
  Map<String, Object> variables() {
    Map<String, Object> variables = new LinkedHashMap<>();
    if (reasoning != OnOffAuto.AUTO || budget != null && budget == 0) {
      variables.putAll(ModelTemplates.thinking(reasoning == OnOffAuto.ON));
    }
    if (effort != null) {
      variables.put("reasoning_effort", effort);
    }
    if (preserve != null) {
      variables.put("preserve_thinking", preserve);
      variables.put("clear_thinking", !preserve);
    }
    return variables;
  }
}
