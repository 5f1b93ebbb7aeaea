package dev.lamina.cli;

import dev.lamina.gguf.output.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** Reads lines from a terminal, with editing, history and completion of commands. */
final class LineEditor implements ChatInput {
  private static final String PROMPT = "> ";
  private static final String COLORED_PROMPT = "\u001b[1;32m> \u001b[0m";
  private static final String PROMPT_CONTINUED = ". ";

  private final Console console;
  private final Terminal terminal;
  private final LineReader reader;
  private final String prompt;
  private final boolean multiline;

  /**
   * @param history file that keeps the lines, or null
   * @param multiline see {@link ChatInput#isContinued}
   * @param color whether the prompt is colored
   */
  LineEditor(Console console, Path history, boolean multiline, boolean color) {
    this.console = console;
    this.multiline = multiline;
    this.prompt = color ? COLORED_PROMPT : PROMPT;
    try {
      terminal = TerminalBuilder.builder().system(true).build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(new MessageParser(multiline))
            .completer(new StringsCompleter(ChatCommands.words()))
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, PROMPT_CONTINUED)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.INSERT_TAB, true);
    if (history != null) {
      builder.variable(LineReader.HISTORY_FILE, history);
    }
    reader = builder.build();
  }

  /**
   * {@code $XDG_STATE_HOME/lamina/history}, readable only by the user; null if it cannot be
   * created.
   */
  static Path historyFile(Console console, String stateHome, Path home) {
    Path state =
        stateHome == null || stateHome.isEmpty()
            ? home.resolve(".local/state")
            : Path.of(stateHome);
    Path history = state.resolve("lamina").resolve("history");
    if (!history.isAbsolute()) { // Java does not know the home folder
      console.err().println("warning: no history is kept: there is no home folder");
      return null;
    }
    try {
      PrivateFiles.create(history);
      return history;
    } catch (IOException e) {
      console.err().println("warning: no history is kept: cannot make a private file " + history);
      return null;
    }
  }

  @Override
  public String next() {
    while (true) {
      try {
        return ChatInput.join(reader.readLine(prompt), multiline);
      } catch (UserInterruptException e) {
        if (e.getPartialLine().isEmpty()) {
          console.err().println("(Ctrl-D or /bye leaves)");
        }
      } catch (EndOfFileException e) {
        return null;
      }
    }
  }

  @Override
  public void whileAnswering(Runnable onInterrupt, Runnable answer) {
    Terminal.SignalHandler previous = terminal.handle(Terminal.Signal.INT, _ -> onInterrupt.run());
    try {
      answer.run();
    } finally {
      terminal.handle(Terminal.Signal.INT, previous);
    }
  }

  @Override
  public void close() {
    try {
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes lines unchanged, with quotes, and continues after a backslash. */
  private static final class MessageParser extends DefaultParser {
    private final boolean multiline;

    MessageParser(boolean multiline) {
      this.multiline = multiline;
      setQuoteChars(new char[0]);
      setEscapeChars(new char[0]);
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == ParseContext.ACCEPT_LINE && ChatInput.isContinued(line, multiline)) {
        throw new EOFError(-1, -1, "the message goes on");
      }
      return super.parse(line, cursor, context);
    }
  }
}
