package dev.lamina.cli.arguments;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The options of the llama.cpp tool that corresponds to a command, read from {@code
 * llama-options.txt}.
 */
public final class LlamaOptions {
  private static final Map<String, Character> LETTERS =
      Map.of(
          "run", 'r',
          "plan", 'r',
          "chat", 'c',
          "perplexity", 'p',
          "imatrix", 'i',
          "tokenize", 't',
          "bench", 'b',
          "quantize", 'q',
          "split", 's',
          "merge", 'm');

  private final List<LlamaOption> options;
  private final Map<String, LlamaOption> byName = new HashMap<>();

  private LlamaOptions(List<LlamaOption> options) {
    this.options = options;
    for (LlamaOption option : options) {
      add(option, option.names());
      add(option, option.opposites());
    }
  }

  private void add(LlamaOption option, List<String> names) {
    for (String name : names) {
      byName.putIfAbsent(name, option);
    }
  }

  /** The options for a command; none if llama.cpp has no such tool. */
  public static LlamaOptions of(String command) {
    Character letter = LETTERS.get(command);
    return new LlamaOptions(letter == null ? List.of() : read(letter));
  }

  /** Whether llama.cpp has a tool like a command. */
  public static boolean has(String command) {
    return LETTERS.containsKey(command);
  }

  public List<LlamaOption> all() {
    return options;
  }

  /** The option of a name; null if there is none. */
  public LlamaOption find(String name) {
    return byName.get(name);
  }

  private static List<LlamaOption> read(char letter) {
    List<LlamaOption> options = new ArrayList<>();
    OptionState state = null;
    String reason = "";
    String text = text();
    int next;
    for (int begin = 0; begin < text.length(); begin = next) {
      next = text.indexOf('\n', begin) + 1;
      String line = text.substring(begin, next - 1);
      if (line.startsWith("[")) {
        int end = line.indexOf(']');
        state = OptionState.of(line.substring(1, end));
        reason = line.substring(end + 2);
      } else if (!line.isEmpty()
          && line.charAt(0) != '#'
          && line.lastIndexOf(letter, line.indexOf('|')) >= 0) {
        options.add(LlamaOption.parse(cells(line), state, reason));
      }
    }
    return options;
  }

  private static String[] cells(String line) {
    String[] cells = line.split("\\|", -1);
    for (int i = 0; i < cells.length; i++) {
      cells[i] = cells[i].strip();
    }
    return cells;
  }

  private static String text() {
    try (InputStream in = LlamaOptions.class.getResourceAsStream("llama-options.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
