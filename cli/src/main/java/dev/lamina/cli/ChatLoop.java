package dev.lamina.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.engine.generate.ContextFullException;
import dev.lamina.engine.generate.GenerationOptions;
import dev.lamina.engine.generate.GenerationResult;
import dev.lamina.engine.generate.GenerationResult.Finish;
import dev.lamina.engine.generate.TokenListener;
import dev.lamina.engine.template.TemplateException;
import dev.lamina.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** The turns of a chat: reads a message or a command, answers. */
final class ChatLoop {
  /** What can be typed besides messages. */
  static final List<String> COMMANDS =
      List.of("/help", "/clear", "/regen", "/system", "/save", "/exit");

  private static final String HELP =
      """
      /help          show this
      /clear         forget the conversation; the system prompt stays
      /regen         answer the last message anew
      /system TEXT   set the system prompt; without TEXT, none
      /save FILE     write the conversation to a file, as JSON
      /exit          leave, as Ctrl-D does
      A line that ends in \\ goes on in the next one. Ctrl-C ends an answer.
      """;

  private final Console console;
  private final ChatInput input;
  private final Conversation conversation;
  private final Tokenizer tokenizer;
  private final GenerationOptions generation;
  private final boolean special;

  ChatLoop(
      Console console,
      ChatInput input,
      Conversation conversation,
      Tokenizer tokenizer,
      int predict,
      boolean special) {
    this.console = console;
    this.input = input;
    this.conversation = conversation;
    this.tokenizer = tokenizer;
    this.generation = new GenerationOptions(predict, false);
    this.special = special;
  }

  void run() {
    String line = input.next();
    while (line != null && !isExit(line)) {
      handle(line);
      line = input.next();
    }
  }

  private static boolean isExit(String line) {
    return line.strip().equals("/exit") || line.strip().equals("/quit");
  }

  private void handle(String line) {
    if (line.isBlank()) {
      return;
    }
    if (!line.startsWith("/")) {
      conversation.addUser(line);
      answer();
      return;
    }
    String[] words = line.strip().split("\\s+", 2);
    String rest = words.length > 1 ? words[1] : "";
    switch (words[0]) {
      case "/help" -> console.err().print(HELP);
      case "/clear" -> conversation.clear();
      case "/system" -> conversation.setSystem(rest);
      case "/save" -> save(rest);
      case "/regen" -> {
        if (conversation.dropAnswer()) {
          answer();
        } else {
          say("there is no answer to give anew");
        }
      }
      default -> say("unknown command " + words[0] + "; /help lists them");
    }
  }

  private void answer() {
    AnswerWriter writer = new AnswerWriter(tokenizer, special, console.out());
    AtomicBoolean cancelled = new AtomicBoolean();
    input.whileAnswering(() -> cancelled.set(true), () -> answer(writer, cancelled));
  }

  private void answer(AnswerWriter writer, AtomicBoolean cancelled) {
    GenerationResult result;
    try {
      result = conversation.answer(generation, new Interruptible(writer, cancelled));
    } catch (ContextFullException | TemplateException e) {
      conversation.dropQuestion();
      say("error: " + e.getMessage());
      return;
    }
    writer.finish();
    if (result.finish() == Finish.CANCELLED && result.generatedTokens() == 0) {
      conversation.dropQuestion();
      return;
    }
    conversation.addAnswer(writer.text());
    if (!writer.endsLine()) {
      console.line("");
    }
    console.out().flush();
    if (result.finish() == Finish.CONTEXT_FULL) {
      say("the context is full: /clear starts anew, and -c gives more");
    }
  }

  /** Ends between two tokens or two batches of the prompt. */
  private record Interruptible(AnswerWriter writer, AtomicBoolean cancelled)
      implements TokenListener {
    @Override
    public boolean onToken(int token) {
      return !cancelled.get() && writer.onToken(token);
    }

    @Override
    public boolean onPrompt(int done, int total) {
      return !cancelled.get();
    }
  }

  private void save(String file) {
    if (file.isEmpty()) {
      say("/save needs a file name");
      return;
    }
    ObjectNode result = Json.object();
    ArrayNode list = result.putArray("messages");
    for (Conversation.Message message : conversation.messages()) {
      list.addObject().put("role", message.role()).put("content", message.content());
    }
    try {
      Files.writeString(Path.of(file), Json.text(result) + "\n");
      say("saved " + conversation.messages().size() + " messages to " + file);
    } catch (IOException | InvalidPathException e) {
      say("error: cannot write " + file);
    }
  }

  private void say(String message) {
    console.err().println(SafeText.oneLine(message));
  }
}
