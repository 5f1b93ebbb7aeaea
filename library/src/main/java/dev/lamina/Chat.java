package dev.lamina;

import dev.lamina.chat.Answer;
import dev.lamina.chat.Conversation;
import dev.lamina.chat.ReplyListener;
import dev.lamina.chat.ReplyText;
import dev.lamina.text.chat.ReplyPart;
import dev.lamina.text.template.ChatMessage;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A conversation with a model. It remembers all messages; when they no longer fit the context, the
 * model does not see the oldest turns. Any thread may use a chat. A model can have any number of
 * chats at once; their replies are generated together.
 */
public final class Chat {
  private final Lamina lamina;
  private final Conversation conversation;

  /**
   * A message.
   *
   * @param role {@code system}, {@code user} or {@code assistant}
   */
  public record Message(String role, String text) {}

  Chat(Lamina lamina, Conversation conversation) {
    this.lamina = lamina;
    this.conversation = conversation;
  }

  /** Tells the model who it is and how to answer; null or empty for nothing. */
  public Chat system(String text) {
    synchronized (conversation) {
      conversation.setSystem(text);
    }
    return this;
  }

  /** Sends a message and returns the answer. */
  public Reply send(String message) {
    return send(message, _ -> {});
  }

  /**
   * Sends a message and returns the answer. If the answer fails, or is cancelled before it begins,
   * the message is removed again.
   *
   * @throws LaminaException.ContextFull if the message alone is longer than the context
   * @throws LaminaException.BadRequest if the options or the message do not suit the model
   */
  public Reply send(String message, Consumer<GenerateOptions> options) {
    return turn(options, () -> conversation.addUser(message));
  }

  /**
   * Replaces the answer to the last message by a new one. If that fails, or is cancelled before it
   * begins, the old answer stays.
   *
   * @throws LaminaException.BadRequest if there is no message
   */
  public Reply regenerate(Consumer<GenerateOptions> options) {
    return turn(
        options,
        () -> {
          if (!conversation.dropAnswer()) {
            throw new LaminaException.BadRequest("there is no message to answer", null);
          }
        });
  }

  /**
   * Changes the messages and answers the last one; without an answer they stay as they were. One
   * thread at a time does.
   */
  private Reply turn(Consumer<GenerateOptions> change, Runnable edit) {
    GenerateOptions options = new GenerateOptions();
    change.accept(options);
    return lamina.using(() -> {
      synchronized (conversation) {
        List<ChatMessage> before = conversation.messages();
        boolean answered = false;
        try {
          edit.run();
          Answer answer = answer(options);
          answered = !answer.isUntold();
          return Lamina.reply(answer.text(), answer.thought(), answer.result());
        } finally {
          if (!answered) {
            conversation.replace(before);
          }
        }
      }
    });
  }

  private Answer answer(GenerateOptions options) {
    conversation.use(
        lamina.format(options.thinking()), lamina.sampling(options), options.reasoning());
    Answer answer =
        conversation.answer(
            options.generation(), new ReplyText(false, options.stops()), listener(options));
    if (!answer.isUntold()) {
      conversation.addAnswer(answer);
    }
    return answer;
  }

  private static ReplyListener listener(GenerateOptions options) {
    return new ReplyListener() {
      @Override
      public void onText(String text, ReplyPart part) {
        switch (part) {
          case ANSWER -> options.text(text);
          case THOUGHT -> options.thought(text);
          case TAG -> {}
        }
      }

      @Override
      public boolean proceed() {
        return !options.isCancelled();
      }
    };
  }

  /** All messages so far, the system prompt first. */
  public List<Message> messages() {
    synchronized (conversation) {
      return conversation.messages().stream()
          .map(message -> new Message(message.role(), message.text()))
          .toList();
    }
  }

  /** Replaces all messages of the conversation by these. */
  public Chat messages(List<Message> messages) {
    synchronized (conversation) {
      conversation.replace(
          messages.stream()
              .map(message -> new ChatMessage(message.role(), message.text(), Map.of()))
              .toList());
    }
    return this;
  }

  /** Removes all messages except the system prompt. */
  public Chat clear() {
    synchronized (conversation) {
      conversation.clear();
    }
    return this;
  }
}
