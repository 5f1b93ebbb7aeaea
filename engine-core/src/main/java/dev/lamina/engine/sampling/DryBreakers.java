package dev.lamina.engine.sampling;

import dev.lamina.text.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds sequence breakers of DRY among tokens. A breaker begins in a token that contains its whole
 * text, or in a token that ends with its beginning, followed by the tokens of the rest.
 */
final class DryBreakers {
  private static final int MOST_BYTES = 40;
  private static final int MOST_TAIL = 20;

  /**
   * For each token in which breakers begin, the tokens that must follow; none if the token contains
   * the whole text.
   */
  private final Map<Integer, List<int[]>> tails = new HashMap<>();

  private DryBreakers() {}

  /**
   * @param tokenizer null for no breakers
   */
  static DryBreakers of(List<String> texts, Tokenizer tokenizer, int nVocab) {
    DryBreakers breakers = new DryBreakers();
    if (tokenizer == null) {
      return breakers;
    }
    List<byte[]> wanted =
        texts.stream()
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .map(bytes -> Arrays.copyOf(bytes, Math.min(bytes.length, MOST_BYTES)))
            .filter(bytes -> bytes.length > 0)
            .toList();
    for (int id = 0; id < Math.min(nVocab, tokenizer.vocabulary().size()); id++) {
      byte[] piece = tokenizer.bytes(id, true);
      for (byte[] text : wanted) {
        breakers.add(id, piece, text, tokenizer);
      }
    }
    return breakers;
  }

  private void add(int id, byte[] piece, byte[] text, Tokenizer tokenizer) {
    for (int at = 0; at < piece.length; at++) {
      int n = Math.min(text.length, piece.length - at);
      if (Arrays.equals(piece, at, at + n, text, 0, n)) {
        String rest = new String(text, n, text.length - n, StandardCharsets.UTF_8);
        int[] tail = rest.isEmpty() ? new int[0] : tokenizer.encode(rest, false, false);
        tails
            .computeIfAbsent(id, _ -> new ArrayList<>())
            .add(Arrays.copyOf(tail, Math.min(tail.length, MOST_TAIL)));
      }
    }
  }

  /** True if the token alone breaks repetitions. */
  boolean isBreaker(int token) {
    return tails.getOrDefault(token, List.of()).stream().anyMatch(tail -> tail.length == 0);
  }

  /**
   * Number of tokens since the last breaker.
   *
   * @param recent the last tokens, the newest first
   * @param count how many of them count
   */
  int distance(int[] recent, int count) {
    for (int i = 0; i < count; i++) {
      int longest = -1;
      for (int[] tail : tails.getOrDefault(recent[i], List.of())) {
        if (tail.length > longest && follows(tail, recent, i)) {
          longest = tail.length;
        }
      }
      if (longest >= 0) {
        return i - longest;
      }
    }
    return count;
  }

  /** Whether the tail follows place {@code i}. */
  private static boolean follows(int[] tail, int[] recent, int i) {
    if (tail.length > i) {
      return false;
    }
    for (int k = 0; k < tail.length; k++) {
      if (tail[k] != recent[i - 1 - k]) {
        return false;
      }
    }
    return true;
  }
}
