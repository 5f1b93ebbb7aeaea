package dev.lamina.quantize;

import dev.lamina.kernels.TensorType;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * The user's choice of a type for some tensors.
 *
 * @param name found anywhere in the names of the tensors
 */
public record TypeOverride(Pattern name, TensorType type) {
  /**
   * @param text {@code NAME=TYPE}, the name a regular expression, which is taken in lower case
   * @throws IllegalArgumentException if it is not of this form
   */
  public static TypeOverride parse(String text) {
    int equals = text.lastIndexOf('=');
    if (equals <= 0) {
      throw new IllegalArgumentException(
          "tensor type '" + text + "': expected NAME=TYPE, such as attn_v=q6_k");
    }
    String name = text.substring(0, equals).toLowerCase(Locale.ROOT);
    try {
      return new TypeOverride(Pattern.compile(name), type(text.substring(equals + 1)));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "tensor type '" + text + "': " + e.getDescription() + " in the name", e);
    }
  }

  /**
   * @param name of a tensor type in upper or lower case
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static TensorType type(String name) {
    return Arrays.stream(TensorType.values())
        .filter(type -> isTarget(type) && type.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no tensor type '"
                    + name
                    + "'; there are "
                    + Arrays.stream(TensorType.values())
                        .filter(TypeOverride::isTarget)
                        .map(TensorType::name)
                        .collect(Collectors.joining(", "))));
  }

  private static boolean isTarget(TensorType type) {
    return type.holdsWeights() || type == TensorType.Q1_0 || type == TensorType.Q2_0;
  }

  boolean matches(String tensor) {
    return name.matcher(tensor).find();
  }
}
