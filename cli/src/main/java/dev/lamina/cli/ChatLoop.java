package dev.lamina.cli;

import dev.lamina.chat.Answer;
import dev.lamina.chat.Conversation;
import dev.lamina.chat.ReplyText;
import dev.lamina.engine.schedule.ContextFullException;
import dev.lamina.engine.schedule.GenerationOptions;
import dev.lamina.text.template.TemplateException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** The loop of a chat: reads a message or a command, and answers. */
final class ChatLoop {
  /**
   * The appearance of a chat.
   *
   * @param terminal whether the output goes to a terminal
   * @param color whether thoughts are dimmed
   * @param multiline see {@link ChatInput#isContinued}
   */
  record View(boolean terminal, boolean color, boolean multiline) {}

  /**
   * The rules of a chat: when answers end, and which files may be written.
   *
   * @param contextLength for messages
   */
  record Rules(
      GenerationOptions generation,
      ReplyText text,
      int contextLength,
      ChatFiles.OutputCheck outputs) {}

  private final Console console;
  private final ChatInput input;
  private final Conversation conversation;
  private final Rules rules;
  private final View view;
  private final ChatFiles files;
  private boolean omissionTold;
  private int failures;

  ChatLoop(Console console, ChatInput input, Conversation conversation, Rules rules, View view) {
    this.console = console;
    this.input = input;
    this.conversation = conversation;
    this.rules = rules;
    this.view = view;
    this.files = new ChatFiles(conversation, rules.outputs());
  }

  /**
   * Runs the chat until the input ends or a command ends it.
   *
   * @param first the first message, or null to ask for it
   * @param single whether to stop after one message
   * @return number of messages and commands that failed
   */
  int run(String first, boolean single) {
    boolean more = true;
    if (first != null) {
      if (view.terminal()) {
        console.line(SafeText.forTerminal("> " + first));
      }
      ask(first);
      more = !single;
    } else if (view.terminal()) {
      say("Type a message; /help lists commands, /bye or Ctrl-D leaves.");
    }
    while (more) {
      String line = input.next();
      more = line != null && handle(line) && (!single || line.isBlank());
    }
    return failures;
  }

  /** Handles a line; false ends the chat. */
  private boolean handle(String line) {
    ChatCommands.Typed typed = ChatCommands.parse(line);
    if (typed == null) {
      if (!line.isBlank()) {
        ask(ChatCommands.unescape(line));
      }
      return true;
    }
    switch (typed.command()) {
      case HELP -> console.err().print(ChatCommands.help(view.multiline()));
      case CLEAR -> conversation.clear();
      case SYSTEM -> conversation.setSystem(typed.argument());
      case SAVE -> save(typed.argument());
      case LOAD -> load(typed.argument());
      case REGEN -> {
        if (conversation.dropAnswer()) {
          answer();
        } else {
          say("there is no answer to give anew");
        }
      }
      case EXIT -> {
        return false;
      }
    }
    return true;
  }

  private void ask(String message) {
    conversation.addUser(message);
    answer();
  }

  private void answer() {
    AtomicBoolean cancelled = new AtomicBoolean();
    input.whileAnswering(() -> cancelled.set(true), () -> answer(cancelled));
  }

  private void answer(AtomicBoolean cancelled) {
    ReplyPrinter printer =
        new ReplyPrinter(console.out(), view.terminal(), view.color(), cancelled);
    Answer reply;
    try {
      reply = conversation.answer(rules.generation(), rules.text(), printer);
    } catch (ContextFullException | TemplateException e) {
      conversation.dropQuestion();
      fail(Errors.message(e));
      return;
    }
    if (reply.isUntold()) {
      conversation.dropQuestion();
      return;
    }
    conversation.addAnswer(reply);
    printer.finish();
    tell(reply);
  }

  /** Prints notes that the answer itself does not show. */
  private void tell(Answer reply) {
    if (conversation.omitted() > 0 && !omissionTold) {
      omissionTold = true;
      say(
          "the conversation is longer than the context: the model no longer sees the oldest turns"
              + " (-c gives it more)");
    }
    String note = EndNote.of(reply.finish(), rules.generation().maxTokens(), rules.contextLength());
    if (note != null) {
      say(note);
    }
  }

  private void save(String file) {
    if (file.isEmpty()) {
      fail("/save needs a file name");
      return;
    }
    try {
      Path path = Path.of(file);
      String done = files.save(path);
      try {
        say(done + files.saveState(path));
      } catch (CliException e) {
        say(done);
        fail(e.getMessage());
      }
    } catch (InvalidPathException e) {
      fail("cannot write " + file);
    } catch (CliException e) {
      fail(e.getMessage());
    }
  }

  private void load(String file) {
    if (file.isEmpty()) {
      fail("/load needs a file name");
      return;
    }
    try {
      load(Path.of(file));
    } catch (CliException | InvalidPathException e) {
      fail(e.getMessage());
    }
  }

  /** Continues a saved conversation. */
  void load(Path file) {
    String done = files.load(file);
    omissionTold = false;
    say(done);
  }

  private void fail(String message) {
    failures++;
    say("error: " + message);
  }

  private void say(String message) {
    console.out().flush();
    console.err().println(SafeText.oneLine(message));
  }
}
