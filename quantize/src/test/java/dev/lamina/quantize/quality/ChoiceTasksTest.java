package dev.lamina.quantize.quality;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of tasks, the choice among them, and what is counted. */
class ChoiceTasksTest {
  private static final String TASK = "Sailing: The ship\n2\nsinks\nswims\nsails\nsings\n";

  private static List<ChoiceTask> numbered(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new ChoiceTask(String.valueOf(i), List.of("a", "b"), Set.of(0)))
        .toList();
  }

  @Test
  void hellaSwagHasSixLines() {
    List<ChoiceTask> tasks = HellaSwag.parse(TASK + TASK.replace("\n2\n", "\n0\n"));
    assertEquals(2, tasks.size());
    assertEquals("Sailing: The ship", tasks.get(1).question());
    assertEquals(List.of("sinks", "swims", "sails", "sings"), tasks.get(1).answers());
    assertEquals(Set.of(2), tasks.get(0).right());
    assertEquals(Set.of(0), tasks.get(1).right());
  }

  @Test
  void hellaSwagOfAnotherFormIsRefused() {
    for (String text :
        List.of(
            "", "one line", TASK + "more", TASK.replace("\n2\n", "\n4\n"), TASK + TASK + "\n1")) {
      assertThrows(IllegalArgumentException.class, () -> HellaSwag.parse(text), text);
    }
  }

  /** The orders of the GNU C++ library with the same seed. */
  @Test
  void choiceIsThatOfLlamaCpp() {
    assertEquals(
        "8 19 13 17 0 2 6 18 3 5 1 10 7 11 12 15 9 16 14 4",
        String.join(
            " ", HellaSwag.select(numbered(20), 400).stream().map(ChoiceTask::question).toList()));
    assertEquals(3, HellaSwag.select(numbered(20), 3).size());
    int hash = 0;
    for (ChoiceTask task : HellaSwag.select(numbered(100_000), 50_000)) {
      hash = 31 * hash + Integer.parseInt(task.question());
    }
    assertEquals(-1_923_102_889, hash);
    assertEquals(List.of(8, 18, 12, 15, 0, 1, 4, 17, 14, 2), TaskSample.indices(20, 10));
    assertEquals(List.of(0, 1, 2), TaskSample.indices(3, 0));
    assertEquals(List.of(0, 1, 2), TaskSample.indices(3, 3));
  }

  @Test
  void winograndeIsCsv() {
    List<String> warnings = new ArrayList<>();
    String text =
        """
        0,Sarah beat Maria so _ won the cup.,Sarah,Maria,1
        1,"The cup, which _ won, is new.",Ann,Eve,2
        2,There is no gap.,a,b,1
        3,too,few

        4,_ sings.,a,b,3
        5,_ sings.,a,b,2\
        """;
    List<WinograndeTask> tasks = WinograndeTask.parse(text, 0, warnings::add);
    assertEquals(
        List.of(
            new WinograndeTask("Sarah beat Maria so ", " won the cup.", "Sarah", "Maria", 1),
            new WinograndeTask("The cup, which ", " won, is new.", "Ann", "Eve", 2),
            new WinograndeTask("", " sings.", "a", "b", 2)),
        tasks);
    assertEquals(3, warnings.size(), warnings.toString());
    assertTrue(warnings.getFirst().startsWith("line 3 is left out: "), warnings.getFirst());
    assertEquals(2, WinograndeTask.parse(text, 2, warnings::add).size());
  }

  private static void put(ByteBuffer to, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.putInt(bytes.length).put(bytes);
  }

  private static byte[] multipleChoice(int count) {
    ByteBuffer bytes = ByteBuffer.allocate(10_000).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(count).position(4 + 4 * count);
    for (int i = 0; i < count; i++) {
      bytes.putInt(4 + 4 * i, bytes.position());
      put(bytes, "Question ü " + i);
      bytes.putInt(3);
      put(bytes, "yes");
      put(bytes, "no");
      put(bytes, "what?");
      bytes.putInt(0).putInt(1).putInt(0);
      bytes.putInt(1);
      put(bytes, "unused");
      bytes.putInt(1);
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  @Test
  void multipleChoiceIsBinary() {
    List<ChoiceTask> tasks = MultipleChoice.parse(multipleChoice(20), 0);
    assertEquals(20, tasks.size());
    ChoiceTask last = new ChoiceTask("Question ü 19", List.of("yes", "no", "what?"), Set.of(1));
    assertEquals(last, tasks.getLast());
    assertEquals(
        List.of("Question ü 8", "Question ü 18", "Question ü 12"),
        MultipleChoice.parse(multipleChoice(20), 3).stream().map(ChoiceTask::question).toList());
  }

  /** Whatever a file holds, it is read or refused with a reason. */
  @Test
  void damagedMultipleChoiceIsRefused() {
    byte[] good = multipleChoice(3);
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThrows(IllegalArgumentException.class, () -> MultipleChoice.parse(cut, 0));
    }
    for (int i = 0; i < good.length; i++) {
      for (int most : new int[] {0, 2}) {
        byte[] bad = good.clone();
        bad[i] = (byte) 0xff;
        try {
          MultipleChoice.parse(bad, most);
        } catch (IllegalArgumentException e) {
          assertTrue(e.getMessage().matches("it has no tasks.*|task . of . is damaged.*"));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 0.2065, 1", "0, 10, 0, 0.2775", "5, 10, 0.2366, 0.7634"})
  void intervalIsWilsons(int right, int count, double low, double high) {
    Accuracy accuracy = new Accuracy();
    for (int i = 0; i < count; i++) {
      accuracy.add(i < right);
    }
    assertEquals(low, accuracy.low(), 1e-4);
    assertEquals(high, accuracy.high(), 1e-4);
    assertEquals((double) right / count, accuracy.share());
  }

  @Test
  void continuationsKeepSomethingToPredict() {
    assertEquals(2, Continuations.of(new int[] {1, 2, 3}, new int[] {1, 2, 4, 5}).common());
    assertEquals(1, Continuations.of(new int[] {1, 2}, new int[] {1, 2, 3}).common());
    assertEquals(2, Continuations.of(new int[] {1, 2, 3}, new int[] {1, 2, 3}).common());
    assertThrows(
        IllegalArgumentException.class, () -> Continuations.of(new int[] {1, 2}, new int[] {2, 2}));
    assertThrows(
        IllegalArgumentException.class, () -> Continuations.of(new int[] {1}, new int[] {1, 2}));
  }

  @Test
  void slidingWindowsOverlap() {
    int[] tokens = IntStream.range(0, 41).toArray();
    Windows windows = Windows.sliding(tokens, 8, 4, -1);
    assertEquals(10, windows.size());
    assertEquals(8, windows.count());
    assertEquals(4, windows.scored());
    List<Integer> scored = new ArrayList<>();
    for (int w = 0; w < windows.count(); w++) {
      for (int at = windows.first(); at < windows.size() - 1; at++) {
        scored.add(windows.next(w, at));
      }
    }
    // Each token once, without a gap.
    assertArrayEquals(
        IntStream.range(6, 38).toArray(), scored.stream().mapToInt(Integer::intValue).toArray());
    assertEquals(2, Windows.sliding(tokens, 8, 4, 2).count());
    for (int stride : new int[] {-1, 0, 16, 100}) {
      assertThrows(IllegalArgumentException.class, () -> Windows.sliding(tokens, 8, stride, -1));
    }
    assertThrows(IllegalArgumentException.class, () -> Windows.sliding(tokens, 20, 4, -1));
  }
}
