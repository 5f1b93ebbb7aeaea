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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pages whose contents are simulated: each position holds a number that depends on all tokens up to
 * it, as keys and values do.
 */
class SequenceTest {
  private static final int PAGES = 20;
  private static final int N = PageTable.POSITIONS;

  /** [group][page][position] */
  private long[][][] contents;

  private int copies;
  private int reused;
  private Memory memory;

  @BeforeEach
  void create() {
    create(List.of(Group.ALL));
  }

  private void create(List<Group> groups) {
    contents = new long[groups.size()][PAGES][N];
    int[] pages = new int[groups.size()];
    Arrays.fill(pages, PAGES);
    memory =
        new Memory(
            groups,
            pages,
            (group, from, to) -> {
              contents[group][to] = contents[group][from].clone();
              copies++;
            });
  }

  private int known(int[] text, int most) {
    try (Sequence sequence = memory.sequence()) {
      return sequence.reuse(text, most);
    }
  }

  @Test
  void forksShareUntilTheyDiffer() {
    Sequence a = memory.sequence();
    evaluate(a, tokens(100, 1));
    Sequence b = a.fork();
    Sequence c = a.fork();
    assertEquals(2, memory.used(0));
    evaluate(b, tokens(1, 2));
    evaluate(c, tokens(70, 3));
    assertEquals(2 + 1 + 2, memory.used(0));
    assertEquals(2, copies);
    evaluate(a, tokens(1, 4));
    assertEquals(2, copies, "the last one to have a page changes it in place");
    check(a);
    check(b);
    check(c);
    a.close();
    b.close();
    c.close();
    assertEquals(0, memory.used(0));
  }

  @Test
  void pagesOfAFinishedSequenceAreFoundUntilTheyAreNeeded() {
    Sequence first = memory.sequence();
    int[] text = tokens(5 * N + 10, 1);
    evaluate(first, text);
    first.close();
    assertEquals(0, memory.used(0));
    assertEquals(5 * N, known(text, text.length));
    assertEquals(4 * N, known(text, 5 * N - 1));
    Sequence second = memory.sequence();
    assertEquals(5 * N, second.reuse(text, text.length - 1));
    check(second);
    assertEquals(5, memory.used(0));
    second.close();

    Sequence other = memory.sequence();
    evaluate(other, tokens((PAGES - 3) * N, 2));
    assertEquals(3 * N, known(text, text.length), "the end of the text goes first");
    assertFalse(other.reserve(3 * N + 1));
    assertTrue(other.reserve(3 * N));
    assertEquals(0, known(text, text.length));
  }

  @Test
  void theSameTokensAreKeptOnce() {
    Sequence a = memory.sequence();
    Sequence b = memory.sequence();
    evaluate(a, tokens(3 * N, 1));
    evaluate(b, tokens(3 * N + 1, 1));
    assertEquals(4, memory.used(0));
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
    assertEquals(N, known(text, 2 * N));
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
    assertEquals(PAGES, memory.used(0));
  }

  /** The kinds of layers that models have. */
  private static Stream<List<Group>> groups() {
    return Stream.of(
        List.of(Group.ALL),
        List.of(Group.window(100)),
        List.of(Group.RECURRENT),
        List.of(Group.ALL, Group.window(70), Group.RECURRENT));
  }

  /** Random operations; the memory never holds what it should not, and loses no page. */
  @ParameterizedTest
  @MethodSource("groups")
  void randomOperations(List<Group> groups) {
    create(groups);
    Random random = new Random(groups.hashCode());
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
        case 2 -> {
          int to = random.nextInt(one.position() + 1);
          assertTrue(one.rewind(to) <= to);
        }
        case 3 -> {
          one.close();
          sequences.remove(one);
        }
        default -> goOn(one, random);
      }
      check(one);
      checkCounts(sequences);
    }
    assertTrue(reused > 1000, reused + " tokens were found");
    sequences.forEach(Sequence::close);
    memory.forgetUnused();
    for (int g = 0; g < groups.size(); g++) {
      assertEquals(0, memory.used(g));
      assertEquals(PAGES, memory.available(g));
    }
    assertTrue(memory.sequence().reserve(PAGES * N));
  }

  /** Evaluates one of few texts, so that sequences meet again, as far as there is room. */
  private void goOn(Sequence one, Random random) {
    int[] next = tokens(1 + random.nextInt(150), random.nextInt(2));
    int[] all = Arrays.copyOf(one.tokens(), one.position() + next.length);
    System.arraycopy(next, 0, all, one.position(), next.length);
    int done = one.reuse(all, all.length);
    reused += done;
    while (done < next.length) {
      // Passes that end with a page leave states to go on from.
      int count = Math.min(next.length - done, N - one.position() % N);
      if (!one.reserve(count)) {
        return;
      }
      evaluate(one, Arrays.copyOfRange(next, done, done + count));
      done += count;
    }
  }

  private void checkCounts(List<Sequence> sequences) {
    for (int g = 0; g < memory.groups().size(); g++) {
      Set<Integer> pages = new HashSet<>();
      for (Sequence sequence : sequences) {
        PageTable table = sequence.tables()[g];
        for (int i = 0; i < table.size(); i++) {
          if (table.get(i) >= 0) {
            pages.add(table.get(i));
          }
        }
      }
      assertEquals(pages.size(), memory.used(g));
    }
  }

  /** Changes the pages as a forward pass does. */
  private void evaluate(Sequence sequence, int[] ids) {
    assertTrue(sequence.reserve(ids.length));
    for (int g = 0; g < memory.groups().size(); g++) {
      PageTable table = sequence.tables()[g];
      boolean isRecurrent = memory.groups().get(g).isRecurrent();
      long sum =
          isRecurrent && sequence.position() > 0
              ? contents[g][table.get(0)][0]
              : sumOf(sequence, sequence.position());
      for (int i = 0; i < ids.length; i++) {
        sum = 31 * sum + ids[i];
        int at = sequence.position() + i;
        if (!isRecurrent) {
          contents[g][table.get(at / N)][at % N] = sum;
        }
      }
      if (isRecurrent) {
        contents[g][table.get(0)][0] = sum;
      }
    }
    sequence.advance(ids, 0, ids.length);
  }

  /** Checks that a sequence has what its next token needs. */
  private void check(Sequence sequence) {
    for (int g = 0; g < memory.groups().size(); g++) {
      PageTable table = sequence.tables()[g];
      Group group = memory.groups().get(g);
      if (group.isRecurrent()) {
        if (sequence.position() > 0) {
          long state = contents[g][table.get(0)][0];
          assertEquals(sumOf(sequence, sequence.position()), state);
        }
        continue;
      }
      int first = group.first(sequence.position());
      long sum = sumOf(sequence, first);
      for (int i = first; i < sequence.position(); i++) {
        sum = 31 * sum + sequence.tokens()[i];
        if (contents[g][table.get(i / N)][i % N] != sum) {
          fail("group " + g + ", position " + i + " of " + sequence.position());
        }
      }
    }
  }

  @Test
  void aWindowGivesBackWhatItNoLongerSees() {
    create(List.of(Group.window(100)));
    Sequence a = memory.sequence();
    int[] text = tokens(10 * N, 1);
    for (int n = 0; n < text.length; n += N) {
      evaluate(a, Arrays.copyOfRange(text, n, n + N));
      assertTrue(memory.used(0) <= 3);
    }
    check(a);
    Sequence b = memory.sequence();
    assertEquals(10 * N, b.reuse(text, text.length), "the pages that its window sees are there");
    assertEquals(5 * N, a.rewind(5 * N), "a whole page, whose window is still known");
    check(a);
  }

  @Test
  void aStateIsTakenUpWhereItWasLeft() {
    create(List.of(Group.RECURRENT));
    Sequence a = memory.sequence();
    int[] text = tokens(3 * N, 1);
    for (int n = 0; n < text.length; n += N) {
      evaluate(a, Arrays.copyOfRange(text, n, n + N));
    }
    evaluate(a, tokens(10, 2));
    assertEquals(2 * N, a.rewind(2 * N + 20));
    check(a);
    Sequence b = memory.sequence();
    assertEquals(3 * N, b.reuse(text, text.length));
    evaluate(b, tokens(5, 3));
    check(b);
    assertEquals(2, memory.used(0), "a state for each");
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
