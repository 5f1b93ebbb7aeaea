package dev.lamina.engine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pages whose contents are simulated: each position holds a number that depends on all tokens up to
 * it, as keys and values do.
 */
class SequenceTest {
  private static final int PAGES = 20;
  private static final int N = PageTable.POSITIONS;

  private final long[][] contents = new long[PAGES][N];
  private int copies;
  private Memory memory;

  @BeforeEach
  void emptyMemory() {
    memory =
        new Memory(
            PAGES,
            (from, to) -> {
              contents[to] = contents[from].clone();
              copies++;
            });
  }

  @Test
  void forksShareUntilTheyDiffer() {
    Sequence a = memory.sequence();
    evaluate(a, tokens(100, 1));
    Sequence b = a.fork();
    Sequence c = a.fork();
    assertEquals(2, memory.used());
    evaluate(b, tokens(1, 2));
    evaluate(c, tokens(70, 3));
    assertEquals(2 + 1 + 2, memory.used());
    assertEquals(2, copies);
    evaluate(a, tokens(1, 4));
    assertEquals(2, copies, "the last one to have a page changes it in place");
    check(a);
    check(b);
    check(c);
    a.close();
    b.close();
    c.close();
    assertEquals(0, memory.used());
  }

  @Test
  void pagesOfAFinishedSequenceAreFoundUntilTheyAreNeeded() {
    Sequence first = memory.sequence();
    int[] text = tokens(5 * N + 10, 1);
    evaluate(first, text);
    first.close();
    assertEquals(0, memory.used());
    assertEquals(5 * N, memory.knownStart(text, text.length));
    assertEquals(4 * N, memory.knownStart(text, 5 * N - 1));
    Sequence second = memory.sequence();
    assertEquals(5 * N, second.reuse(text, text.length - 1));
    check(second);
    assertEquals(5, memory.used());
    second.close();

    Sequence other = memory.sequence();
    evaluate(other, tokens((PAGES - 3) * N, 2));
    assertEquals(3 * N, memory.knownStart(text, text.length), "the end of the text goes first");
    assertFalse(other.reserve(3 * N + 1));
    assertTrue(other.reserve(3 * N));
    assertEquals(0, memory.knownStart(text, text.length));
  }

  @Test
  void theSameTokensAreKeptOnce() {
    Sequence a = memory.sequence();
    Sequence b = memory.sequence();
    evaluate(a, tokens(3 * N, 1));
    evaluate(b, tokens(3 * N + 1, 1));
    assertEquals(4, memory.used());
    check(a);
    check(b);
  }

  @Test
  void aRewoundPageIsNotTakenForWhatItWas() {
    Sequence a = memory.sequence();
    int[] text = tokens(2 * N, 1);
    evaluate(a, text);
    a.rewind(N + 5);
    evaluate(a, tokens(N, 2));
    check(a);
    assertEquals(N, memory.knownStart(text, 2 * N));
    assertThrows(IllegalArgumentException.class, () -> a.rewind(a.position() + 1));
    assertThrows(IllegalArgumentException.class, () -> a.rewind(-1));
  }

  @Test
  void aRefusedReserveChangesNothing() {
    Sequence a = memory.sequence();
    evaluate(a, tokens(PAGES * N - 70, 1));
    Sequence b = a.fork();
    assertTrue(b.reserve(1));
    assertFalse(a.reserve(N + 65), "b has a page of its own now");
    check(a);
    assertEquals(PAGES, memory.used());
  }

  /** Random operations; the memory never holds what it should not, and loses no page. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void randomOperations(long seed) {
    Random random = new Random(seed);
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      int operation = random.nextInt(10);
      if (sequences.isEmpty() || (operation == 0 && sequences.size() < 12)) {
        sequences.add(memory.sequence());
        continue;
      }
      Sequence one = sequences.get(random.nextInt(sequences.size()));
      switch (operation) {
        case 1 -> {
          if (sequences.size() < 12) {
            sequences.add(one.fork());
          }
        }
        case 2 -> one.rewind(random.nextInt(one.position() + 1));
        case 3 -> {
          one.close();
          sequences.remove(one);
        }
        default -> {
          // Few different texts, so that sequences meet again.
          int[] next = tokens(1 + random.nextInt(150), random.nextInt(2));
          int[] all = Arrays.copyOf(one.tokens(), one.position() + next.length);
          System.arraycopy(next, 0, all, one.position(), next.length);
          int done = one.reuse(all, all.length);
          if (one.reserve(next.length - done)) {
            evaluate(one, Arrays.copyOfRange(next, done, next.length));
          }
        }
      }
      check(one);
      checkCounts(sequences);
    }
    sequences.forEach(Sequence::close);
    assertEquals(0, memory.used());
    memory.forgetUnused();
    assertEquals(PAGES, memory.available());
    Sequence all = memory.sequence();
    assertTrue(all.reserve(PAGES * N));
  }

  private void checkCounts(List<Sequence> sequences) {
    Set<Integer> pages = new HashSet<>();
    for (Sequence sequence : sequences) {
      for (int i = 0; i < sequence.pages().size(); i++) {
        pages.add(sequence.pages().get(i));
      }
    }
    assertEquals(pages.size(), memory.used());
  }

  /** Fills the pages as a forward pass does. */
  private void evaluate(Sequence sequence, int[] ids) {
    assertTrue(sequence.reserve(ids.length));
    long sum = sumOf(sequence, sequence.position());
    for (int i = 0; i < ids.length; i++) {
      sum = 31 * sum + ids[i];
      int at = sequence.position() + i;
      contents[sequence.pages().get(at / N)][at % N] = sum;
    }
    sequence.advance(ids, 0, ids.length);
  }

  private void check(Sequence sequence) {
    long sum = 0;
    for (int i = 0; i < sequence.position(); i++) {
      sum = 31 * sum + sequence.tokens()[i];
      if (contents[sequence.pages().get(i / N)][i % N] != sum) {
        fail("position " + i + " of " + sequence.position());
      }
    }
  }

  private static long sumOf(Sequence sequence, int n) {
    long sum = 0;
    for (int i = 0; i < n; i++) {
      sum = 31 * sum + sequence.tokens()[i];
    }
    return sum;
  }

  private static int[] tokens(int n, int kind) {
    return IntStream.range(0, n).map(i -> i * (kind + 1) % 97).toArray();
  }
}
