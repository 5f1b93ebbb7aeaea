package dev.lamina.chat;

import dev.lamina.engine.schedule.GenerationResult;
import dev.lamina.engine.schedule.GenerationResult.Finish;
import dev.lamina.engine.schedule.Outbox;
import dev.lamina.engine.schedule.StopFinder;
import dev.lamina.engine.schedule.TokenListener;
import dev.lamina.text.chat.ReplyPart;
import dev.lamina.text.chat.ThoughtSplitter;
import dev.lamina.text.chat.ThoughtTags;
import dev.lamina.text.tokenizer.StreamDecoder;
import dev.lamina.text.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Turns the tokens of a reply into text and separates thoughts from the answer. The waiting thread
 * collects both.
 */
final class ReplyStream implements TokenListener {
  private static final String LONE_CLOSE = "</think>";

  private final Tokenizer tokenizer;
  private final boolean special;
  private final boolean split;
  private final StreamDecoder decoder;
  private final StopFinder stops;
  private final ThoughtSplitter splitter;
  private final Outbox outbox;
  private final ReplyListener listener;
  private final StringBuilder answer = new StringBuilder();
  private final StringBuilder thought = new StringBuilder();
  private int[] tokens = new int[256];
  private int count;
  private int thoughtTokens;
  private boolean betweenCharacters = true;

  /**
   * @param shown what is part of the text
   * @param split whether thoughts are separated from the answer
   * @param opened tags of a thought that begins in the prompt, or null
   * @param outbox of the request
   */
  ReplyStream(
      Tokenizer tokenizer,
      ReplyText shown,
      boolean split,
      ThoughtTags opened,
      Outbox outbox,
      ReplyListener listener) {
    this.tokenizer = tokenizer;
    this.special = shown.special();
    this.stops = new StopFinder(shown.stops(), false, tokenizer);
    this.split = split;
    this.decoder = new StreamDecoder(tokenizer, shown.special());
    this.outbox = outbox;
    this.listener = listener;
    this.splitter = new ThoughtSplitter(opened, this::accept);
  }

  @Override
  public boolean onToken(int token) {
    if (count == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * count);
    }
    tokens[count++] = token;
    if (stops.endsAt(token)) {
      return false;
    }
    boolean thinking = splitter.thought() != null;
    add(token);
    if (thinking && splitter.thought() != null) {
      thoughtTokens++;
    }
    return !stops.found();
  }

  @Override
  public Finish reason() {
    return stops.found() ? Finish.STOP_TEXT : Finish.CANCELLED;
  }

  private void add(int token) {
    byte[] all = tokenizer.bytes(token, true);
    boolean hidden = !special && all.length > 0 && tokenizer.bytes(token, false).length == 0;
    if (!hidden) {
      String text = decoder.add(token);
      betweenCharacters = !text.isEmpty();
      splitter.add(stops.add(text));
      return;
    }
    String control = new String(all, StandardCharsets.UTF_8);
    if (splitter.needs(control)) {
      splitter.add(control);
    }
    betweenCharacters = true;
  }

  private void accept(String text, ReplyPart kind) {
    ReplyPart part = split ? kind : ReplyPart.ANSWER;
    outbox.post(() -> {
      switch (part) {
        case ANSWER -> answer.append(text);
        case THOUGHT -> thought.append(text);
        case TAG -> {}
      }
      listener.onText(text, part);
    });
  }

  /** The tokens so far. */
  int[] tokens() {
    return Arrays.copyOf(tokens, count);
  }

  int count() {
    return count;
  }

  /** The tags of the current thought; null outside of thoughts. */
  ThoughtTags thought() {
    return splitter.thought();
  }

  /** Number of tokens in thoughts so far. */
  int thoughtTokens() {
    return thoughtTokens;
  }

  /**
   * Whether the text ends with a whole character and outside of a tag; both can take several
   * tokens.
   */
  boolean isComplete() {
    return betweenCharacters && !splitter.isHolding();
  }

  /** Ends the text and returns the answer. */
  Answer finish(GenerationResult result) {
    splitter.add(stops.add(decoder.flush()) + stops.finish());
    splitter.finish();
    // The prompts of some models start a thought without a tag; the model then writes only the
    // closing one.
    int close = split && thought.isEmpty() ? answer.lastIndexOf(LONE_CLOSE) : -1;
    if (close >= 0 && answer.indexOf("<think>") < 0) {
      thought.append(answer, 0, close);
      answer.delete(0, close + LONE_CLOSE.length());
    }
    String text = answer.toString();
    return new Answer(thought.isEmpty() ? text : text.stripLeading(), thought.toString(), result);
  }
}
