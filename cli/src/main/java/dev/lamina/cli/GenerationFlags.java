package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;
import dev.lamina.cli.arguments.Options;
import dev.lamina.engine.schedule.GenerationOptions;
import dev.lamina.engine.schedule.StopFinder;
import dev.lamina.text.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** Options for the end of a text, except its length. */
final class GenerationFlags implements OptionHolder {
  private List<String> stops = new ArrayList<>();
  private boolean ignoreEos;
  private boolean contextShift;
  private int keep;

  @Override
  public void declare(Options options) {
    options.addList(
        OptionSpec.builder("-r", "--reverse-prompt")
            .paramLabel("TEXT")
            .description("end where the model writes this text; may be given several times"),
        String.class,
        value -> stops = value);
    options.add(
        OptionSpec.builder("--ignore-eos").description("go on where the model would end"),
        boolean.class,
        value -> ignoreEos = value);
    options.add(
        OptionSpec.builder("--context-shift")
            .negatable(true)
            .defaultValue("false")
            .fallbackValue("true")
            .description(
                "when the context is full, forget the older half of it and go on (default: end there)"),
        boolean.class,
        value -> contextShift = value);
    options.add(
        OptionSpec.builder("--keep")
            .paramLabel("N")
            .defaultValue("0")
            .description(
                "tokens of the prompt that --context-shift keeps, besides BOS; -1: all (default: ${DEFAULT-VALUE})"),
        int.class,
        value -> keep = value);
  }

  /**
   * The options of a generation.
   *
   * @param predict largest number of tokens; -2 until the context is full, other negative numbers
   *     until the model ends
   * @param promptTokens tokens of the prompt
   * @param bosTokens tokens of the prompt that are always kept
   */
  GenerationOptions options(int predict, int promptTokens, int bosTokens) {
    boolean all = keep < 0 || keep > promptTokens;
    return new GenerationOptions(
        Math.max(predict, -1),
        ignoreEos,
        !contextShift || predict == -2
            ? GenerationOptions.STOP
            : all ? promptTokens : Math.min(keep + bosTokens, promptTokens));
  }

  /**
   * The finder of stop texts.
   *
   * @param escape whether the texts have escapes
   * @param showStop whether the stop text is shown
   */
  StopFinder stops(boolean escape, boolean showStop, Tokenizer tokenizer) {
    return new StopFinder(stops(escape), showStop, tokenizer);
  }

  /** The texts that end an answer. */
  List<String> stops(boolean escape) {
    return escape ? stops.stream().map(TextInput::unescape).toList() : List.copyOf(stops);
  }
}
