package dev.lamina.examples;

import dev.lamina.Lamina;
import dev.lamina.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;

/**
 * One text continued in three ways at once. The model reads the text once: its memory is shared,
 * and only what differs is added.
 *
 * <pre>java ThreeWays MODEL.gguf TEXT</pre>
 */
final class ThreeWays {
  private ThreeWays() {}

  public static void main(String[] args) throws Exception {
    String text = args[1];
    try (Lamina lamina = Lamina.open(Path.of(args[0]), o -> o.parallel(3));
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      lamina.complete(text, o -> o.maxTokens(0));
      List<Future<Reply>> ways =
          LongStream.of(1, 2, 3)
              .mapToObj(seed ->
                  threads.submit(() -> lamina.complete(text, o -> o.seed(seed).maxTokens(30))))
              .toList();
      for (Future<Reply> way : ways) {
        Reply.Usage usage = way.get().usage();
        System.out.println(text + way.get());
        System.out.printf("[%d of %d tokens were read before]%n", usage.cached(), usage.prompt());
      }
    }
  }
}
