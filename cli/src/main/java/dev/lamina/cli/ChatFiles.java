package dev.lamina.cli;

import dev.lamina.chat.Conversation;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.schedule.SavedState;
import dev.lamina.engine.schedule.StateException;
import dev.lamina.gguf.output.PendingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of a conversation: its messages, and beside them its state, so that the messages need
 * not be evaluated again. The state is a help, not needed: what is wrong with it never keeps the
 * messages from being saved or loaded.
 */
final class ChatFiles {
  private static final String STATE = ".state";

  /** Checks that a file may be written. */
  interface OutputCheck {
    void accept(Path file) throws IOException;
  }

  private final Conversation conversation;
  private final OutputCheck outputs;

  ChatFiles(Conversation conversation, OutputCheck outputs) {
    this.conversation = conversation;
    this.outputs = outputs;
  }

  private static Path state(Path file) {
    return Path.of(file + STATE);
  }

  /** Writes the messages; returns what was done, as the user reads it. */
  String save(Path file) {
    try {
      outputs.accept(file);
      PendingFiles.write(file, ConversationFile.text(conversation.messages()));
    } catch (IOException e) {
      throw OutputFiles.failed(file, e);
    }
    return "saved " + conversation.messages().size() + " messages to " + file;
  }

  /**
   * Writes the state; returns what was done, to follow {@link #save}'s words.
   *
   * @throws CliException if that fails
   */
  String saveState(Path file) {
    Path state = state(file);
    if (PendingFiles.isDevice(file)) {
      return "";
    }
    try {
      if (Files.exists(state) && !(Files.isRegularFile(state) && SavedState.isIn(state))) {
        throw new CliException(state + " is no saved state, and is not replaced by one");
      }
      outputs.accept(state);
      int tokens = conversation.saveState(state);
      return tokens == 0 ? "" : ", and the state of " + tokens + " tokens to " + state;
    } catch (IOException e) {
      throw OutputFiles.failed(state, e);
    } catch (BackendException e) {
      throw new CliException("cannot write " + state + ": " + e.getMessage(), e);
    }
  }

  /**
   * Continues a saved conversation; returns what was done, as the user reads it.
   *
   * @throws CliException if the messages cannot be read
   */
  String load(Path file) {
    conversation.replace(ConversationFile.read(file));
    String messages = "loaded " + conversation.messages().size() + " messages from " + file;
    Path state = state(file);
    if (!Files.isRegularFile(state)) {
      return messages;
    }
    try {
      SavedState loaded = conversation.loadState(state);
      return messages
          + (loaded.fits()
              ? ", and the state of " + loaded.restored() + " tokens from " + state
              : "; "
                  + state
                  + " was written with other devices or another type of cache: they are evaluated again");
    } catch (StateException e) {
      return messages + ", without their state: " + e.getMessage();
    }
  }
}
