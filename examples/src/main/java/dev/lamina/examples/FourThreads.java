package dev.lamina.examples;

import dev.lamina.Lamina;
import dev.lamina.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Four texts asked for at once, by four threads: the model writes them together.
 *
 * <pre>java FourThreads MODEL.gguf</pre>
 */
final class FourThreads {
  private FourThreads() {}

  public static void main(String[] args) throws Exception {
    List<String> prompts = List.of("Once upon a time", "The king", "My lord", "Good night");
    try (Lamina lamina = Lamina.open(Path.of(args[0]));
        ExecutorService threads = Executors.newFixedThreadPool(prompts.size())) {
      List<Future<Reply>> replies =
          prompts.stream()
              .map(prompt -> threads.submit(() -> lamina.complete(prompt, o -> o.maxTokens(30))))
              .toList();
      for (int i = 0; i < replies.size(); i++) {
        System.out.println(prompts.get(i) + replies.get(i).get());
      }
    }
  }
}
