package dev.lamina.chat;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.sampling.Sampler;
import dev.lamina.engine.sampling.Samplers;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.schedule.ContextFullException;
import dev.lamina.engine.schedule.GenerationOptions;
import dev.lamina.engine.schedule.GenerationResult;
import dev.lamina.engine.schedule.GenerationResult.Finish;
import dev.lamina.engine.schedule.Outbox;
import dev.lamina.engine.schedule.SavedState;
import dev.lamina.engine.schedule.Scheduler;
import dev.lamina.engine.schedule.StateException;
import dev.lamina.gguf.output.OutputException;
import dev.lamina.text.chat.ThoughtTags;
import dev.lamina.text.template.ChatFormat;
import dev.lamina.text.template.ChatMessage;
import dev.lamina.text.template.TemplateException;
import dev.lamina.text.tokenizer.Tokenizer;
import dev.lamina.text.tokenizer.Vocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A conversation between a user and a model. Each turn renders all messages again, but the same
 * tokens are not evaluated twice. When the messages no longer fit the context, the model does not
 * see the oldest turns; it always sees the system prompt. Used by one thread at a time.
 */
public final class Conversation {
  private static final long SEED_BOUND = 1L << 32;

  /** For an answer of unknown length, one part in this many of the context stays free. */
  private static final int ROOM_PART = 4;

  private static final int USUAL_ROOM = 256;

  private final Scheduler scheduler;
  private ChatFormat format;
  private SamplingOptions sampling;
  private ReasoningOptions reasoning;
  private final List<ChatMessage> messages = new ArrayList<>();
  private String system;
  private int omitted;
  private long turn;

  /** What the model has read and written last, as far as these messages begin with it. */
  private int[] seen = {};

  /**
   * @param sampling options; the number of the turn is added to their seed, which is drawn here if
   *     there is none
   */
  public Conversation(
      Scheduler scheduler,
      ChatFormat format,
      SamplingOptions sampling,
      ReasoningOptions reasoning) {
    this.scheduler = scheduler;
    use(format, sampling, reasoning);
  }

  /** A conversation that separates thoughts from answers and does not limit them. */
  public Conversation(Scheduler scheduler, ChatFormat format, SamplingOptions sampling) {
    this(scheduler, format, sampling, ReasoningOptions.DEFAULT);
  }

  /** Sets the format and the options for the next answers. */
  public void use(ChatFormat format, SamplingOptions sampling, ReasoningOptions reasoning) {
    this.format = format;
    this.sampling =
        sampling.seed() != null
            ? sampling
            : sampling.withSeed(ThreadLocalRandom.current().nextLong(SEED_BOUND));
    this.reasoning = reasoning;
  }

  /** All messages, the system prompt first. */
  public List<ChatMessage> messages() {
    return from(0);
  }

  private List<ChatMessage> from(int first) {
    List<ChatMessage> all = new ArrayList<>(messages.subList(first, messages.size()));
    if (system != null) {
      all.addFirst(ChatMessage.of("system", system));
    }
    return all;
  }

  /** Number of messages after the system prompt that the model no longer sees. */
  public int omitted() {
    return omitted;
  }

  /**
   * Sets the system prompt.
   *
   * @param text the system prompt; null or empty for none
   */
  public void setSystem(String text) {
    system = text == null || text.isEmpty() ? null : text;
  }

  /** Removes all messages except the system prompt. */
  public void clear() {
    messages.clear();
    omitted = 0;
    seen = new int[0];
  }

  /** Replaces all messages. A system prompt, if any, is the first one. */
  public void replace(List<ChatMessage> saved) {
    clear();
    messages.addAll(saved);
    boolean hasSystem = !saved.isEmpty() && saved.getFirst().role().equals("system");
    system = hasSystem ? messages.removeFirst().text() : null;
  }

  /** Adds a message of the user. */
  public void addUser(String text) {
    messages.add(ChatMessage.of("user", text));
  }

  /** Adds an answer with its thought, which some templates use. */
  public void addAnswer(Answer reply) {
    Map<String, Object> extra =
        reply.thought().isBlank() ? Map.of() : Map.of("reasoning_content", reply.thought().strip());
    messages.add(new ChatMessage("assistant", reply.text(), extra));
  }

  /**
   * Removes the last answer, if there is one. Returns true if a question is now without an answer.
   */
  public boolean dropAnswer() {
    if (!messages.isEmpty() && messages.getLast().role().equals("assistant")) {
      messages.removeLast();
    }
    omitted = Math.min(omitted, messages.size());
    return !messages.isEmpty() && messages.getLast().role().equals("user");
  }

  /** Removes a question that could not be answered. */
  public void dropQuestion() {
    messages.removeLast();
    omitted = Math.min(omitted, messages.size());
  }

  /**
   * Generates an answer to the last message; the caller adds it.
   *
   * @param options of the answer; {@link GenerationOptions#keep} applies within an answer that
   *     fills the context; otherwise such an answer continues while there are older turns to leave
   *     out
   * @param shown what is part of the text
   * @throws ContextFullException if the last message alone does not fit
   * @throws TemplateException if the template cannot render the messages
   */
  public Answer answer(GenerationOptions options, ReplyText shown, ReplyListener listener) {
    int before = omitted;
    Prompt prompt = fitting(room(options));
    if (prompt.tokens.length > scheduler.contextLength()) {
      omitted = before;
      throw new ContextFullException(0, prompt.tokens.length, scheduler.contextLength());
    }
    ThoughtTags opened = ThoughtTags.openedBy(prompt.text);
    Tokenizer tokenizer = scheduler.model().tokenizer();
    SamplingOptions seeded = sampling.withSeed(sampling.seed() + turn++);
    int keep = Math.min(options.keep(), prompt.tokens.length);
    Outbox outbox = new Outbox(listener::proceed);
    ReplyStream stream =
        new ReplyStream(tokenizer, shown, reasoning.split(), opened, outbox, listener);
    GenerationResult all = null;
    while (true) {
      GenerationOptions left =
          options.maxTokens() < 0
              ? options.withKeep(keep)
              : options.withKeep(keep).withMaxTokens(options.maxTokens() - stream.count());
      GenerationResult result =
          scheduler.generate(
              join(prompt.tokens, stream.tokens()), sampler(seeded, stream), left, stream, outbox);
      all = all == null ? result : all.plus(result);
      seen = join(prompt.tokens, stream.tokens());
      if (result.finish() != Finish.CONTEXT_FULL || !omitMore(stream.count())) {
        return stream.finish(all);
      }
      prompt = prompt(omitted);
    }
  }

  /**
   * Writes the keys and values of what the model has last read and written to a file, so that
   * another conversation of the same messages need not evaluate them.
   *
   * @return number of tokens; 0 if there are none, then nothing is written
   * @throws OutputException if the file cannot be written; it is as it was then
   * @throws BackendException if a device fails; likewise
   */
  public int saveState(Path file) throws OutputException {
    return seen.length == 0 ? 0 : scheduler.save(seen, file);
  }

  /**
   * Loads what {@link #saveState} has written, for answers to messages that begin as those did.
   *
   * @throws StateException if the file cannot be used
   */
  public SavedState loadState(Path file) {
    SavedState state = scheduler.load(file);
    seen = state.tokens();
    return state;
  }

  private Sampler sampler(SamplingOptions options, ReplyStream stream) {
    Sampler sampler = Samplers.create(options, scheduler.model(), scheduler.contextLength());
    return reasoning.budget() < 0
        ? sampler
        : new ThoughtBudget(sampler, stream, reasoning, scheduler.model().tokenizer());
  }

  private static int[] join(int[] prompt, int[] written) {
    int[] all = new int[prompt.length + written.length];
    System.arraycopy(prompt, 0, all, 0, prompt.length);
    System.arraycopy(written, 0, all, prompt.length, written.length);
    return all;
  }

  /** Number of tokens to keep free for an answer. */
  private int room(GenerationOptions options) {
    int wanted = options.maxTokens() < 0 ? USUAL_ROOM : options.maxTokens();
    return Math.min(wanted, scheduler.contextLength() / ROOM_PART);
  }

  /** The prompt without as many of the oldest turns as the answer needs room. */
  private Prompt fitting(int room) {
    Prompt prompt = prompt(omitted);
    if (prompt.tokens.length <= scheduler.contextLength() - room) {
      return prompt;
    }
    // Leave out more than needed, so that the next turns begin with the same tokens, which are
    // evaluated already.
    return omitTo(
        scheduler.contextLength() - Math.max(room, scheduler.contextLength() / ROOM_PART));
  }

  /**
   * Leaves out turns within an answer that has filled the context. Returns false if that frees
   * nothing.
   */
  private boolean omitMore(int written) {
    int before = omitted;
    int limit = scheduler.contextLength() - scheduler.contextLength() / ROOM_PART - written;
    Prompt prompt = omitTo(limit);
    return omitted > before && prompt.tokens.length + written < scheduler.contextLength();
  }

  /** Leaves out as few turns as possible to fit the limit, or all but the last if nothing fits. */
  private Prompt omitTo(int limit) {
    List<Integer> starts = new ArrayList<>();
    for (int i = omitted + 1; i < messages.size(); i++) {
      if (messages.get(i).role().equals("user")) {
        starts.add(i);
      }
    }
    // Fewer messages have fewer tokens, so a binary search finds the place.
    int low = 0;
    int high = starts.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (prompt(starts.get(middle)).tokens.length <= limit) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    if (high >= 0) {
      omitted = starts.get(low);
    }
    return prompt(omitted);
  }

  /**
   * A prompt as text and as tokens.
   *
   * @param text as the template writes it
   */
  private record Prompt(String text, int[] tokens) {}

  /** The prompt of the messages from an index on, up to the beginning of the answer. */
  private Prompt prompt(int first) {
    String text = format.prompt(from(first));
    Tokenizer tokenizer = scheduler.model().tokenizer();
    Vocabulary vocabulary = tokenizer.vocabulary();
    int[] tokens = tokenizer.encode(text, false, true);
    int bos = vocabulary.bos();
    // Most templates write BOS themselves.
    boolean complete = !vocabulary.addBos() || bos < 0 || (tokens.length > 0 && tokens[0] == bos);
    return new Prompt(text, complete ? tokens : join(new int[] {bos}, tokens));
  }
}
