package dev.lamina.cli;

import dev.lamina.engine.generate.GenerationOptions;
import dev.lamina.engine.generate.GenerationResult;
import dev.lamina.engine.generate.Generator;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.generate.TokenListener;
import dev.lamina.engine.sampling.SamplingOptions;
import dev.lamina.engine.template.ChatTemplate;
import dev.lamina.engine.tokenizer.Tokenizer;
import dev.lamina.engine.tokenizer.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Messages between a user and a model. Each turn renders all of them anew; what of that the session
 * has evaluated already is not evaluated again.
 */
final class Conversation {
  /**
   * @param role system, user or assistant
   */
  record Message(String role, String content) {}

  private final Session session;
  private final ChatTemplate template;
  private final SamplingOptions sampling;
  private final List<Message> messages = new ArrayList<>();
  private String system;
  private long turn;

  /**
   * @param system system prompt, or null
   * @param sampling with a seed, to which the number of the turn is added
   */
  Conversation(Session session, ChatTemplate template, String system, SamplingOptions sampling) {
    this.session = session;
    this.template = template;
    this.system = system;
    this.sampling = sampling;
  }

  /** All messages, the system prompt first. */
  List<Message> messages() {
    List<Message> all = new ArrayList<>(messages);
    if (system != null) {
      all.addFirst(new Message("system", system));
    }
    return all;
  }

  void setSystem(String text) {
    system = text.isEmpty() ? null : text;
  }

  /** Forgets all but the system prompt. */
  void clear() {
    messages.clear();
  }

  void addUser(String text) {
    messages.add(new Message("user", text));
  }

  void addAnswer(String text) {
    messages.add(new Message("assistant", text));
  }

  /** Takes back the last answer so that it can be given anew; false if there is none. */
  boolean dropAnswer() {
    if (messages.isEmpty() || !messages.getLast().role().equals("assistant")) {
      return false;
    }
    messages.removeLast();
    return true;
  }

  /** Takes back a question that could not be answered. */
  void dropQuestion() {
    messages.removeLast();
  }

  /** Generates an answer to the last message; the caller adds it. */
  GenerationResult answer(GenerationOptions options, TokenListener listener) {
    SamplingOptions seeded = sampling.withSeed(sampling.seed() + turn++);
    return new Generator(session, ModelSamplers.create(seeded, session))
        .generate(prompt(), options, listener);
  }

  /** The tokens of all messages, up to where the answer begins. */
  int[] prompt() {
    Tokenizer tokenizer = session.model().tokenizer();
    Vocabulary vocabulary = tokenizer.vocabulary();
    int[] tokens = tokenizer.encode(render(vocabulary), false, true);
    if (tokens.length == 0) {
      throw new CliException(
          "the chat template makes no prompt of these messages; name another with --chat-template or --chat-template-file");
    }
    int bos = vocabulary.bos();
    // Most templates write BOS themselves.
    if (!vocabulary.addBos() || bos < 0 || tokens[0] == bos) {
      return tokens;
    }
    int[] withBos = new int[tokens.length + 1];
    withBos[0] = bos;
    System.arraycopy(tokens, 0, withBos, 1, tokens.length);
    return withBos;
  }

  private String render(Vocabulary vocabulary) {
    Map<String, Object> context = new LinkedHashMap<>();
    context.put(
        "messages",
        messages().stream().map(m -> Map.of("role", m.role(), "content", m.content())).toList());
    context.put("add_generation_prompt", true);
    context.put("bos_token", piece(vocabulary, vocabulary.bos()));
    context.put("eos_token", piece(vocabulary, vocabulary.eos()));
    return template.render(context);
  }

  private static String piece(Vocabulary vocabulary, int id) {
    return id < 0 ? "" : vocabulary.piece(id);
  }
}
