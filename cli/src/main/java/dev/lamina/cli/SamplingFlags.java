package dev.lamina.cli;

import dev.lamina.engine.sampling.SamplingOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** How the next token is chosen. */
final class SamplingFlags {
  private static final Pattern BIAS = Pattern.compile("(\\d{1,9})([+-])([0-9.eE]+|inf)");

  @Option(
      names = {"-s", "--seed"},
      paramLabel = "N",
      defaultValue = "-1",
      description = "seed of the random numbers; -1: a random one (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = {"--temp", "--temperature"},
      paramLabel = "N",
      defaultValue = "0.8",
      description = "temperature; 0: always the likeliest token (default: ${DEFAULT-VALUE})")
  private float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      defaultValue = "40",
      description = "choose among the N likeliest; 0: all (default: ${DEFAULT-VALUE})")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "N",
      defaultValue = "0.95",
      description =
          "choose among the likeliest that together have this probability; 1: all (default: ${DEFAULT-VALUE})")
  private float topP;

  @Option(
      names = "--min-p",
      paramLabel = "N",
      defaultValue = "0.05",
      description =
          "drop tokens less likely than this times the likeliest; 0: none (default: ${DEFAULT-VALUE})")
  private float minP;

  @Option(
      names = {"--typical", "--typical-p"},
      paramLabel = "N",
      defaultValue = "1.0",
      description = "locally typical sampling; 1: off (default: ${DEFAULT-VALUE})")
  private float typicalP;

  @Option(
      names = "--repeat-last-n",
      paramLabel = "N",
      defaultValue = "64",
      description =
          "tokens that the penalties look back at; 0: none, -1: all (default: ${DEFAULT-VALUE})")
  private int repeatLastN;

  @Option(
      names = "--repeat-penalty",
      paramLabel = "N",
      defaultValue = "1.0",
      description = "penalty of tokens that occurred; 1: off (default: ${DEFAULT-VALUE})")
  private float repeatPenalty;

  @Option(
      names = "--presence-penalty",
      paramLabel = "N",
      defaultValue = "0.0",
      description = "taken off tokens that occurred; 0: off (default: ${DEFAULT-VALUE})")
  private float presencePenalty;

  @Option(
      names = "--frequency-penalty",
      paramLabel = "N",
      defaultValue = "0.0",
      description =
          "taken off tokens for each time they occurred; 0: off (default: ${DEFAULT-VALUE})")
  private float frequencyPenalty;

  @Option(
      names = {"-l", "--logit-bias"},
      paramLabel = "ID(+/-)BIAS",
      description = "make a token likelier or less likely: 15043+1, 15043-1, 15043-inf")
  private List<String> logitBias = new ArrayList<>();

  /**
   * @throws IllegalArgumentException if an option is out of range; the message names it
   */
  SamplingOptions options() {
    Map<Integer, Float> biases = new HashMap<>();
    logitBias.forEach(text -> addBias(biases, text));
    return new SamplingOptions(
        temperature,
        topK,
        topP,
        minP,
        typicalP,
        repeatPenalty,
        frequencyPenalty,
        presencePenalty,
        repeatLastN,
        seed == -1 ? null : (Long) seed,
        biases);
  }

  private static void addBias(Map<Integer, Float> biases, String text) {
    Matcher matcher = BIAS.matcher(text);
    if (!matcher.matches()) {
      throw badBias(text);
    }
    try {
      String number = matcher.group(3);
      float amount = number.equals("inf") ? Float.POSITIVE_INFINITY : Float.parseFloat(number);
      biases.put(
          Integer.valueOf(matcher.group(1)), matcher.group(2).equals("-") ? -amount : amount);
    } catch (NumberFormatException e) {
      throw badBias(text);
    }
  }

  private static IllegalArgumentException badBias(String text) {
    return new IllegalArgumentException(
        "logit bias \"" + text + "\", expected a token id, + or -, and a number, as in 15043+1");
  }
}
