package dev.lamina;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main API as a program uses it, with the demo model. */
class LaminaTest {
  private static final Path MODEL =
      Path.of("../cli/src/main/resources/dev/lamina/cli/demo/shakespeare-5m-Q4_K_M.gguf");

  private static Lamina lamina;

  private static void greedy(GenerateOptions options) {
    options.temperature(0).maxTokens(24);
  }

  @BeforeAll
  static void open() {
    lamina = Lamina.open(MODEL, o -> o.threads(2).devices("cpu"));
  }

  @AfterAll
  static void close() {
    lamina.close();
  }

  @Test
  void continuesAText() {
    Reply reply = lamina.complete("To be, or not to be", LaminaTest::greedy);
    assertEquals(
        reply.text(), lamina.complete("To be, or not to be", LaminaTest::greedy).toString());
    assertEquals(Reply.Finish.LENGTH, reply.finish());
    assertEquals(24, reply.usage().generated());
    assertEquals(lamina.countTokens("To be, or not to be"), reply.usage().prompt());
    assertTrue(reply.timings().tokensPerSecond() > 0);
  }

  @Test
  void tellsTheModel() {
    assertEquals("qwen2", lamina.architecture());
    assertEquals(256, lamina.contextLength());
    assertEquals(6, lamina.layers());
    assertEquals(0, lamina.gpuLayers());
    assertTrue(lamina.openTime().toNanos() > 0);
  }

  @Test
  void streamsWhatItGives() {
    StringBuilder streamed = new StringBuilder();
    Reply reply = lamina.complete("My lord", o -> o.maxTokens(50).seed(3).onText(streamed::append));
    assertEquals(reply.text(), streamed.toString());
    assertEquals(reply.text(), lamina.complete("My lord", o -> o.maxTokens(50).seed(3)).text());
  }

  @Test
  void endsAtAStopText() {
    String all = lamina.complete("To be", LaminaTest::greedy).text();
    String stop = all.substring(10, 14);
    Reply reply = lamina.complete("To be", o -> o.temperature(0).maxTokens(24).stop(stop));
    assertEquals(Reply.Finish.STOP_TEXT, reply.finish());
    assertEquals(all.substring(0, all.indexOf(stop)), reply.text());
  }

  @Test
  void isCancelled() {
    AtomicInteger pieces = new AtomicInteger();
    Reply reply =
        lamina.complete(
            "To be",
            o -> o.onText(_ -> pieces.incrementAndGet()).cancelWhen(() -> pieces.get() >= 3));
    assertEquals(Reply.Finish.CANCELLED, reply.finish());
    assertEquals(3, pieces.get());
    assertEquals(
        Reply.Finish.CANCELLED, lamina.complete("To be", o -> o.cancelWhen(() -> true)).finish());
  }

  @Test
  void aChatRemembers() {
    Chat chat = lamina.chat().system("Be brief.");
    Reply first = chat.send("Who are you?", LaminaTest::greedy);
    Reply second = chat.send("Where are you?", LaminaTest::greedy);
    List<Chat.Message> messages = chat.messages();
    assertEquals(
        List.of("system", "user", "assistant", "user", "assistant"),
        messages.stream().map(Chat.Message::role).toList());
    assertEquals(first.text(), messages.get(2).text());
    assertEquals(second.text(), messages.get(4).text());
    assertTrue(second.usage().cached() > 0, "the first turn is evaluated anew");
    Chat other = lamina.chat().messages(messages.subList(0, 3));
    assertEquals(second.text(), other.send("Where are you?", LaminaTest::greedy).text());
    assertEquals(second.text(), other.regenerate(LaminaTest::greedy).text());
    assertEquals(1, other.clear().messages().size());
  }

  @Test
  void aChatGoesOnBeyondTheContext() {
    Chat chat = lamina.chat();
    for (int i = 0; i < 12; i++) {
      chat.send("Tell me of the king and all his men, and of the queen.", LaminaTest::greedy);
    }
    assertEquals(24, chat.messages().size());
  }

  @Test
  void whatWasCancelledWasNotSaid() {
    Chat chat = lamina.chat();
    Reply reply = chat.send("Who are you?", o -> o.cancelWhen(() -> true));
    assertEquals(Reply.Finish.CANCELLED, reply.finish());
    assertTrue(chat.messages().isEmpty());
    assertThrows(LaminaException.BadRequest.class, () -> chat.regenerate(LaminaTest::greedy));
  }

  @Test
  void aFailedAnswerChangesNothing() {
    Chat chat = lamina.chat().system("Be brief.");
    chat.send("Who are you?", LaminaTest::greedy);
    List<Chat.Message> before = chat.messages();
    assertThrows(
        LaminaException.BadRequest.class, () -> chat.regenerate(o -> o.topP(7).maxTokens(3)));
    assertEquals(before, chat.messages());
    assertThrows(LaminaException.ContextFull.class, () -> chat.send("word ".repeat(2000)));
    assertEquals(before, chat.messages());
    chat.regenerate(o -> o.cancelWhen(() -> true));
    assertEquals(before, chat.messages());
  }

  /** A thread that gets a text looks at a chat of another thread, which waits for the model. */
  @Test
  void chatsOfTwoThreadsDoNotWaitForEachOther() {
    Chat waiting = lamina.chat();
    Thread[] other = new Thread[1];
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          lamina.complete(
              "To be",
              o ->
                  o.maxTokens(3)
                      .onText(_ -> {
                        if (other[0] == null) {
                          other[0] =
                              Thread.ofPlatform()
                                  .start(() -> waiting.send("My lord", LaminaTest::greedy));
                          while (other[0].getState() == Thread.State.RUNNABLE
                              || other[0].getState() == Thread.State.NEW) {
                            Thread.onSpinWait();
                          }
                        }
                        waiting.messages();
                      }));
          other[0].join();
        });
    assertEquals(2, waiting.messages().size());
  }

  @Test
  void whatAListenerThrowsComesOut() {
    IllegalArgumentException mine = new IllegalArgumentException("mine");
    assertSame(
        mine,
        assertThrows(
            IllegalArgumentException.class,
            () ->
                lamina.complete(
                    "To be",
                    o ->
                        o.onText(_ -> {
                          throw mine;
                        }))));
    assertSame(
        mine,
        assertThrows(
            IllegalArgumentException.class,
            () ->
                lamina.complete(
                    "To be",
                    o ->
                        o.cancelWhen(() -> {
                          throw mine;
                        }))));
    assertThrows(
        IllegalStateException.class,
        () -> lamina.complete("To be", o -> o.onText(_ -> lamina.complete("or not"))));
    assertThrows(
        IllegalStateException.class,
        () -> lamina.complete("To be", o -> o.onText(_ -> lamina.close())));
    assertEquals(24, lamina.complete("To be", LaminaTest::greedy).usage().generated());
  }

  @Test
  void textsOfSeveralThreadsAreTheTextsOfOne() throws Exception {
    List<String> prompts = List.of("To be", "My lord", "The king", "Good night");
    List<String> alone =
        prompts.stream().map(p -> lamina.complete(p, LaminaTest::greedy).text()).toList();
    List<Future<String>> together = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (String prompt : prompts) {
        together.add(threads.submit(() -> lamina.complete(prompt, LaminaTest::greedy).text()));
      }
      for (int i = 0; i < prompts.size(); i++) {
        assertEquals(alone.get(i), together.get(i).get());
      }
    }
  }

  @Test
  void errorsHaveKindsAndFacts(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("missing.gguf");
    assertEquals(
        missing.toString(),
        assertThrows(LaminaException.BadFile.class, () -> Lamina.open(missing)).file());
    Path text = Files.writeString(folder.resolve("text.gguf"), "no model");
    assertThrows(LaminaException.BadFile.class, () -> Lamina.open(text));
    assertThrows(LaminaException.BadFile.class, () -> Lamina.open(folder));
    assertEquals(
        "nothing:0",
        assertThrows(
                LaminaException.DeviceProblem.class,
                () -> Lamina.open(MODEL, o -> o.devices("nothing:0")))
            .device());
    assertThrows(
        LaminaException.BadRequest.class, () -> Lamina.open(MODEL, o -> o.gpuMemory("much")));
    assertThrows(LaminaException.BadRequest.class, () -> Lamina.open(MODEL, o -> o.threads(0)));
    assertThrows(LaminaException.BadRequest.class, () -> Lamina.open(MODEL, o -> o.parallel(0)));
    assertThrows(
        LaminaException.BadRequest.class, () -> Lamina.open(MODEL, o -> o.memoryLength(0)));
    LaminaException.ContextFull full =
        assertThrows(
            LaminaException.ContextFull.class,
            () -> lamina.complete("word ".repeat(2000), LaminaTest::greedy));
    assertEquals(256, full.contextLength());
    assertTrue(full.tokens() > 2000, full.getMessage());
    assertFalse(full.getMessage().contains("-c"), full.getMessage());
    assertThrows(LaminaException.BadRequest.class, () -> lamina.complete("To be", o -> o.topP(7)));
    LaminaException.NoMemory memory =
        assertThrows(
            LaminaException.NoMemory.class,
            () -> Lamina.open(MODEL, o -> o.devices("cpu").contextLength(1_900_000_000)));
    assertTrue(memory.available() > 0, memory.getMessage());
    assertTrue(memory.needed() > memory.available(), memory.getMessage());
    assertEquals(24, lamina.complete("To be", LaminaTest::greedy).usage().generated());
  }

  /**
   * In a memory for one of them, texts take turns; a prompt for which it is too small is refused.
   */
  @Test
  void textsShareALittleMemory() throws Exception {
    try (Lamina small =
            Lamina.open(MODEL, o -> o.threads(2).devices("cpu").parallel(3).memoryLength(64));
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      List<Future<Reply>> replies =
          List.of("To be", "My lord", "The king").stream()
              .map(p -> threads.submit(() -> small.complete(p, LaminaTest::greedy)))
              .toList();
      for (Future<Reply> reply : replies) {
        assertEquals(24, reply.get().usage().generated());
      }
      LaminaException.ContextFull full =
          assertThrows(
              LaminaException.ContextFull.class,
              () -> small.complete("word ".repeat(70), LaminaTest::greedy));
      assertEquals(64, full.contextLength());
    }
  }

  @Test
  void warmsUpAndCloses() {
    Lamina other = Lamina.open(MODEL, o -> o.threads(1).contextLength(64).devices("cpu"));
    other.warmUp();
    assertEquals(64, other.contextLength());
    assertEquals(
        lamina.complete("To be", LaminaTest::greedy).text(),
        other.complete("To be", LaminaTest::greedy).text());
    other.close();
    other.close();
    assertThrows(IllegalStateException.class, () -> other.complete("To be"));
  }
}
