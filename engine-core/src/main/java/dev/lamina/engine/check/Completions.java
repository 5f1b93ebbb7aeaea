package dev.lamina.engine.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.engine.backend.RuntimeConfig;
import dev.lamina.engine.backend.Segment;
import dev.lamina.engine.model.Model;
import dev.lamina.engine.schedule.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Greedy completions of a model by another program, with its most likely tokens at each step. The
 * file is JSON: {@code results}, each with {@code prompt}, {@code prompt_tokens}, {@code tokens}
 * and {@code steps} of {@code id} and {@code top} (token, natural-log probability), the most likely
 * first.
 */
public final class Completions {
  /** The bound where llama.cpp multiplies by float activations, too. */
  private static final double FLOAT_BOUND = 0.002;

  /** The bound where llama.cpp first rounds activations to 8 bits. */
  private static final double QUANTIZED_BOUND = 0.04;

  /**
   * Lead from which the reference's first token must be first here, too; with a smaller lead
   * another may be.
   */
  private static final double CLEAR_LEAD = 0.2;

  private final List<Completion> completions;

  private Completions(List<Completion> completions) {
    this.completions = completions;
  }

  /**
   * The differences between a model and the reference.
   *
   * @param prompts number of prompts that the model's tokenizer splits differently, without special
   *     tokens
   * @param mean mean of |log p - log p of the reference| over the reference's listed tokens
   * @param bound largest mean that is accepted, by the types of the model's weights
   * @param clear steps at which the reference's first token has a clear lead
   * @param otherFirst number of these steps with another first token here
   */
  public record Difference(int prompts, double mean, double bound, int clear, int otherFirst) {
    /** Whether the model matches the reference: the same tokens and the same precision. */
    public boolean ok() {
      return prompts == 0 && mean <= bound && otherFirst == 0;
    }

    @Override
    public String toString() {
      return "mean |log p - reference| %.5f (bound %.3f), other first token in %d of %d clear steps, other tokens in %d prompts"
          .formatted(mean, bound, otherFirst, clear, prompts);
    }
  }

  private record Completion(String prompt, int[] promptTokens, int[] tokens, Top[] steps) {}

  /** The reference's most likely tokens at a step. */
  private record Top(int[] tokens, double[] logProbabilities) {}

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read or is not of this form
   */
  public static Completions read(Path file) throws IOException {
    List<Completion> completions = new ArrayList<>();
    try {
      for (JsonNode result : new ObjectMapper().readTree(file.toFile()).required("results")) {
        int[] tokens = ints(result.required("tokens"));
        completions.add(
            new Completion(
                result.required("prompt").asText(),
                ints(result.required("prompt_tokens")),
                tokens,
                align(result.required("steps"), tokens)));
      }
    } catch (JsonProcessingException e) {
      throw new IOException("it is no JSON: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IOException("it is no list of completions: " + e.getMessage(), e);
    }
    return new Completions(completions);
  }

  /** Sizes of a session that is large enough for all completions of a small model's file. */
  public static RuntimeConfig runtimeConfig(int contextLength) {
    return RuntimeConfig.of(contextLength, 64).withMaxLogits(64);
  }

  /**
   * Evaluates the reference's tokens in the session and compares the probabilities of the next
   * tokens.
   */
  public Difference compare(Session session) {
    Sum sum = new Sum();
    for (Completion completion : completions) {
      int[] encoded = session.model().tokenizer().encode(completion.prompt, false, true);
      sum.prompts += Arrays.equals(encoded, completion.promptTokens) ? 0 : 1;
      int nPrompt = completion.promptTokens.length;
      int[] all = Arrays.copyOf(completion.promptTokens, nPrompt + completion.tokens.length - 1);
      System.arraycopy(completion.tokens, 0, all, nPrompt, completion.tokens.length - 1);
      int nVocab = session.model().config().nVocab();
      session.truncate(0);
      session.evalAll(
          all,
          (i, logits, offset) -> {
            int step = i - (nPrompt - 1);
            if (step >= 0 && completion.steps[step] != null) {
              sum.add(completion.steps[step], logProbabilities(logits, offset, nVocab));
            }
          });
    }
    double bound = isQuantized(session.model()) ? QUANTIZED_BOUND : FLOAT_BOUND;
    return new Difference(sum.prompts, sum.total / sum.count, bound, sum.clear, sum.otherFirst);
  }

  private static boolean isQuantized(Model model) {
    return Segment.all(model.graph()).ops().stream()
        .flatMap(op -> op.weights().stream())
        .anyMatch(weight -> weight.type().blockSize() > 1);
  }

  /** Natural-log probabilities of a row of logits. */
  public static double[] logProbabilities(float[] logits, int offset, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, logits[offset + i]);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.exp(logits[offset + i] - max);
    }
    double log = max + Math.log(sum);
    double[] result = new double[n];
    for (int i = 0; i < n; i++) {
      result[i] = logits[offset + i] - log;
    }
    return result;
  }

  /**
   * Finds the reference's step for each token. llama.cpp leaves out a step if its token ends within
   * a UTF-8 character; the result has null there.
   */
  private static Top[] align(JsonNode steps, int[] tokens) throws IOException {
    Top[] aligned = new Top[tokens.length];
    int next = 0;
    for (int i = 0; i < tokens.length && next < steps.size(); i++) {
      if (steps.get(next).required("id").asInt() == tokens[i]) {
        aligned[i] = top(steps.get(next++).required("top"));
      }
    }
    if (next < steps.size()) {
      throw new IOException("step " + next + " belongs to none of the tokens");
    }
    return aligned;
  }

  private static Top top(JsonNode entries) {
    int[] tokens = new int[entries.size()];
    double[] logProbabilities = new double[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = entries.get(i).required(0).asInt();
      logProbabilities[i] = entries.get(i).required(1).asDouble();
    }
    return new Top(tokens, logProbabilities);
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }

  /** The sums of a comparison so far. */
  private static final class Sum {
    private int prompts;
    private double total;
    private int count;
    private int clear;
    private int otherFirst;

    void add(Top expected, double[] actual) {
      for (int i = 0; i < expected.tokens.length; i++) {
        total += Math.abs(actual[expected.tokens[i]] - expected.logProbabilities[i]);
        count++;
      }
      if (expected.logProbabilities[0] - expected.logProbabilities[1] >= CLEAR_LEAD) {
        clear++;
        int best = 0;
        for (int i = 1; i < actual.length; i++) {
          best = actual[i] > actual[best] ? i : best;
        }
        otherFirst += best == expected.tokens[0] ? 0 : 1;
      }
    }
  }
}
