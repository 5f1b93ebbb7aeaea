package dev.lamina.text.chat;

import java.util.function.BiConsumer;

/**
 * Tells thoughts from answer in text that comes in pieces. Thoughts stand at the start, before
 * anything but white space; tags split over pieces are held back until they are complete.
 */
public final class ThoughtSplitter {
  private enum State {
    /** Only white space and whole thoughts so far. */
    START,
    THOUGHT,
    ANSWER
  }

  private final BiConsumer<String, ReplyPart> out;
  private final StringBuilder pending = new StringBuilder();
  private State state;
  private ThoughtTags tags;

  /**
   * @param opened tags of a thought that the prompt has begun, or null
   */
  public ThoughtSplitter(ThoughtTags opened, BiConsumer<String, ReplyPart> out) {
    this.out = out;
    this.tags = opened;
    this.state = opened == null ? State.START : State.THOUGHT;
  }

  /** Adds a piece of text. */
  public void add(String text) {
    pending.append(text);
    while (step()) {}
  }

  /** Gives out what was held back. */
  public void finish() {
    emitPending(pending.length(), state == State.THOUGHT ? ReplyPart.THOUGHT : ReplyPart.ANSWER);
  }

  /** The tags of the thought that the text is in, or null. */
  public ThoughtTags thought() {
    return state == State.THOUGHT ? tags : null;
  }

  /** True while a text is held back that may become a tag. */
  public boolean isHolding() {
    return !pending.isEmpty();
  }

  /** Whether a control token, which the reader does not see, may be part of a tag here. */
  public boolean needs(String controlToken) {
    return switch (state) {
      case START -> ThoughtTags.mayOpen(controlToken);
      case THOUGHT -> tags.close().contains(controlToken);
      case ANSWER -> false;
    };
  }

  /** Consumes something of what is pending; false if more text is needed. */
  private boolean step() {
    return switch (state) {
      case START -> start();
      case THOUGHT -> think();
      case ANSWER -> answer();
    };
  }

  private boolean start() {
    int at = 0;
    while (at < pending.length() && Character.isWhitespace(pending.charAt(at))) {
      at++;
    }
    if (at == pending.length()) {
      return false;
    }
    boolean incomplete = false;
    for (ThoughtTags candidate : ThoughtTags.ALL) {
      Match match = match(candidate.open(), at);
      if (match == Match.WHOLE) {
        emitPending(at, ReplyPart.TAG);
        emit(candidate.shownOpen(), ReplyPart.TAG);
        pending.delete(0, candidate.open().length());
        tags = candidate;
        state = State.THOUGHT;
        return true;
      }
      incomplete |= match == Match.PART;
    }
    for (String header : ThoughtTags.HARMONY_HEADERS) {
      Match match = match(header, at);
      if (match == Match.WHOLE) {
        pending.delete(at, at + header.length());
        return true;
      }
      incomplete |= match == Match.PART;
    }
    if (!incomplete) {
      state = State.ANSWER;
    }
    return !incomplete;
  }

  private boolean think() {
    int end = pending.indexOf(tags.close());
    if (end >= 0) {
      emitPending(end, ReplyPart.THOUGHT);
      emit(tags.shownClose(), ReplyPart.TAG);
      pending.delete(0, tags.close().length());
      state = State.START;
      return true;
    }
    emitPending(pending.length() - heldBack(tags.close()), ReplyPart.THOUGHT);
    return false;
  }

  private boolean answer() {
    emitPending(pending.length(), ReplyPart.ANSWER);
    return false;
  }

  private enum Match {
    NONE,
    PART,
    WHOLE
  }

  private Match match(String tag, int at) {
    int length = Math.min(tag.length(), pending.length() - at);
    if (!tag.regionMatches(0, pending.substring(at, at + length), 0, length)) {
      return Match.NONE;
    }
    return length == tag.length() ? Match.WHOLE : Match.PART;
  }

  /** Length of the longest end of what is pending that the tag begins with. */
  private int heldBack(String tag) {
    for (int n = Math.min(tag.length() - 1, pending.length()); n > 0; n--) {
      if (tag.startsWith(pending.substring(pending.length() - n))) {
        return n;
      }
    }
    return 0;
  }

  private void emitPending(int length, ReplyPart part) {
    emit(pending.substring(0, length), part);
    pending.delete(0, length);
  }

  private void emit(String text, ReplyPart part) {
    if (!text.isEmpty()) {
      out.accept(text, part);
    }
  }
}
