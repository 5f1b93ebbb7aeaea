import dev.lamina.Lamina;
import dev.lamina.Reply;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Times texts that several threads ask for at once: MODEL TOKENS ROUNDS THREADS... */
final class Threads {
  private Threads() {}

  public static void main(String[] args) throws Exception {
    int tokens = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    System.out.println("| threads | t/s | of one thread |");
    System.out.println("| ---: | ---: | ---: |");
    double one = 0;
    for (int i = 3; i < args.length; i++) {
      int threads = Integer.parseInt(args[i]);
      try (Lamina lamina =
          Lamina.open(
              Path.of(args[0]), o -> o.parallel(threads).memoryLength(threads * (tokens + 128)))) {
        double speed = 0;
        for (int round = 0; round <= rounds; round++) { // the first one warms up
          speed = Math.max(speed, run(lamina, threads, tokens));
        }
        one = i == 3 ? speed : one;
        System.out.printf("| %d | %.1f | %.2f |%n", threads, speed, speed / one);
      }
    }
  }

  private static double run(Lamina lamina, int threads, int tokens) throws Exception {
    List<Future<Reply>> replies = new ArrayList<>();
    long start = System.nanoTime();
    int generated = 0;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int i = 0; i < threads; i++) {
        String prompt = "The " + i + "th king of";
        replies.add(
            pool.submit(
                () -> lamina.complete(prompt, o -> o.maxTokens(tokens).temperature(0.8f))));
      }
      for (Future<Reply> reply : replies) {
        generated += reply.get().usage().generated();
      }
    }
    return generated * 1e9 / (System.nanoTime() - start);
  }
}
