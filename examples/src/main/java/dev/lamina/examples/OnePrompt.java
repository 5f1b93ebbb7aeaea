package dev.lamina.examples;

import dev.lamina.Lamina;
import java.nio.file.Path;

/**
 * Continues a text.
 *
 * <pre>java OnePrompt MODEL.gguf "Once upon a time"</pre>
 */
final class OnePrompt {
  private OnePrompt() {}

  public static void main(String[] args) {
    try (Lamina lamina = Lamina.open(Path.of(args[0]))) {
      System.out.println(args[1] + lamina.complete(args[1], o -> o.maxTokens(100)));
    }
  }
}
