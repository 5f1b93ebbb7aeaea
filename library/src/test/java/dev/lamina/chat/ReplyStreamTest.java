package dev.lamina.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.engine.sampling.Sampler;
import dev.lamina.engine.schedule.GenerationResult;
import dev.lamina.engine.schedule.GenerationResult.Finish;
import dev.lamina.engine.schedule.Outbox;
import dev.lamina.text.chat.ReplyPart;
import dev.lamina.text.chat.ThoughtTags;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Separating thoughts from answers, token by token. */
class ReplyStreamTest {
  private static final CharTokenizer TOKENIZER =
      new CharTokenizer(
          "<|start|>", "<|channel|>", "<|message|>", "<|end|>", "[THINK]", "[/THINK]", "<|sep|>");

  private static final ReplyText TEXT = new ReplyText(false, List.of("STOP"));

  /** Writes pieces with a letter for what they are. */
  private static final class Shown implements ReplyListener {
    private final StringBuilder text = new StringBuilder();
    private ReplyPart last;

    @Override
    public void onText(String piece, ReplyPart part) {
      if (part != last) {
        text.append('{').append(part.name().charAt(1)).append('}');
        last = part;
      }
      text.append(piece);
    }

    @Override
    public boolean proceed() {
      return true;
    }
  }

  private static GenerationResult result(Finish finish, int generated) {
    return new GenerationResult(finish, 0, 0, 0, generated, 0, 0, 0, 0, 0);
  }

  private static Answer reply(String text, String prompt, boolean split, Shown record) {
    ReplyStream stream =
        new ReplyStream(TOKENIZER, TEXT, split, ThoughtTags.openedBy(prompt), new Outbox(), record);
    for (int token : TOKENIZER.encode(text, false, true)) {
      stream.onToken(token);
    }
    return stream.finish(result(Finish.STOP, 1));
  }

  // In what the listener gets, {N} is before answer, {H} before thought and {A} before tag.
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      ignoreLeadingAndTrailingWhitespace = false,
      quoteCharacter = '`',
      value = {
        "Hello;;Hello;;{N}Hello",
        "<think>so é</think>^^Hello;;Hello;so é;{A}<think>{H}so é{A}</think>{N}^^Hello",
        "^<think>so</think>Hello;;Hello;so;{A}^<think>{H}so{A}</think>{N}Hello",
        "so</think>Hello;<think>^;Hello;so;{H}so{A}</think>{N}Hello",
        "so</think>Hello;user;Hello;so;{N}so</think>Hello",
        "[THINK]so[/THINK]Hello;;Hello;so;{A}[THINK]{H}so{A}[/THINK]{N}Hello",
        "<seed:think>so</seed:think>Hello;;Hello;so;{A}<seed:think>{H}so{A}</seed:think>{N}Hello",
        "<think>a</think> <think>b</think>c;;c;ab;{A}<think>{H}a{A}</think> <think>{H}b{A}</think>{N}c",
        "<think>never ends </thin;;;never ends </thin;{A}<think>{H}never ends </thin",
        "<thin air;;<thin air;;{N}<thin air",
        "The tag <think>x</think>;;The tag <think>x</think>;;{N}The tag <think>x</think>",
        "a<|sep|>b<|end|>;;ab;;{N}ab",
        "<|channel|>analysis<|message|>so<|end|><|start|>assistant<|channel|>final<|message|>Hello;;"
            + "Hello;so;{A}<think>{H}so{A}</think>^^{N}Hello",
        "<|channel|>final<|message|>Hello;;Hello;;{N}Hello"
      })
  void tellsThoughtFromAnswer(
      String text, String prompt, String answer, String thought, String shown) {
    Shown record = new Shown();
    Answer reply =
        reply(
            text.replace('^', '\n'), prompt == null ? "" : prompt.replace('^', '\n'), true, record);
    assertEquals(answer == null ? "" : answer, reply.text());
    assertEquals(thought == null ? "" : thought, reply.thought());
    assertEquals(shown.replace('^', '\n'), record.text.toString());
  }

  @Test
  void keepsThoughtsInTheAnswerIfAskedTo() {
    Shown record = new Shown();
    Answer reply = reply("<think>so</think>Hello", "", false, record);
    assertEquals("<think>so</think>Hello", reply.text());
    assertEquals("", reply.thought());
    assertEquals("{N}<think>so</think>Hello", record.text.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "0;<think>abcdef;;<think>^</think>^^abcdef",
        "3;<think>abcdef;;<think>abc^</think>^^def",
        "3;<think>abcdef;Enough.;<think>abcEnough.^</think>^^def",
        "2;<think>aéb;;<think>aé^</think>^^b",
        "9;<think>abc</think>defghijklmnop;;<think>abc</think>defghijklmnop",
        "0;Hello;;Hello",
        "1;<|channel|>analysis<|message|>abc;;<think>a^</think>^^bc"
      })
  void aThoughtEndsWithItsBudget(int budget, String text, String message, String expected) {
    Shown record = new Shown();
    ReplyStream stream = new ReplyStream(TOKENIZER, TEXT, false, null, new Outbox(), record);
    ReasoningOptions options = new ReasoningOptions(true, budget, message == null ? "" : message);
    Sampler sampler =
        new ThoughtBudget(
            scripted(TOKENIZER.encode(text, false, true)), stream, options, TOKENIZER);
    for (int step = 0; step < 60; step++) {
      stream.onToken(sampler.sample(new float[0]));
    }
    stream.finish(result(Finish.LENGTH, 60));
    String written = record.text.substring("{N}".length());
    assertTrue(written.startsWith(expected.replace('^', '\n')), written);
  }

  @Test
  void aStopTextEndsTheReply() {
    Shown shown = new Shown();
    ReplyStream stream = new ReplyStream(TOKENIZER, TEXT, true, null, new Outbox(), shown);
    int tokens = 0;
    int[] all = TOKENIZER.encode("<think>a</think>b ST STOP c", false, true);
    while (stream.onToken(all[tokens])) {
      tokens++;
    }
    assertEquals(Finish.STOP_TEXT, stream.reason());
    assertEquals("b ST ", stream.finish(result(stream.reason(), tokens)).text());
    assertEquals("{A}<think>{H}a{A}</think>{N}b ST ", shown.text.toString());
  }

  private static Sampler scripted(int[] tokens) {
    return new Sampler() {
      private int at;

      @Override
      public int sample(float[] logits) {
        return at < tokens.length ? tokens[at++] : 'x';
      }

      @Override
      public void accept(int token) {}

      @Override
      public long seed() {
        return 0;
      }
    };
  }
}
