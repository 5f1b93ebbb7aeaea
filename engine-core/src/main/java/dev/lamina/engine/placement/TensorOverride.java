package dev.lamina.engine.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Puts the operations of some tensors on a device, whatever their layer.
 *
 * @param tensors found in a tensor's name
 * @param device id, such as {@code cpu:0} or {@code cuda:0}
 */
public record TensorOverride(Pattern tensors, String device) {
  /**
   * Reads {@code REGEX=DEVICE}, several separated by commas. Devices may be spelled as in
   * llama.cpp: {@code CPU}, {@code CUDA0}.
   *
   * @throws IllegalArgumentException if there is no device or the expression is wrong
   */
  public static List<TensorOverride> parse(String text) {
    List<TensorOverride> overrides = new ArrayList<>();
    for (String one : text.split(",")) {
      int equals = one.lastIndexOf('=');
      if (equals < 1 || equals == one.length() - 1) {
        throw new IllegalArgumentException(
            "'" + one + "' does not name a device; expected REGEX=DEVICE, such as ffn_up=cpu");
      }
      try {
        Pattern tensors = Pattern.compile(one.substring(0, equals));
        overrides.add(new TensorOverride(tensors, deviceId(one.substring(equals + 1))));
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException(
            "'" + one + "' is no regular expression: " + e.getDescription(), e);
      }
    }
    return overrides;
  }

  /**
   * The id of a device in any spelling: a name, or a name and a number, with or without a colon.
   */
  public static String deviceId(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (lower.indexOf(':') >= 0) {
      return lower;
    }
    String name = lower.replaceFirst("\\d+$", "");
    String index = lower.substring(name.length());
    return name + ":" + (index.isEmpty() ? "0" : index);
  }
}
