package dev.lamina.cli.arguments;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Reads a command line as llama.cpp's tools do: the last of a repeated option counts, also of two
 * that exclude each other; the word after an option is always its value, even if it looks like an
 * option; {@code _} in a long name equals {@code -}; environment variables give defaults.
 */
public final class ArgumentReader {
  private static final String LONG = "--";

  private final KnownOptions known;
  private final Map<String, String> environment;
  private final List<Use> uses = new ArrayList<>();
  private final List<String> rest = new ArrayList<>();

  /**
   * @param environment for {@code LLAMA_ARG_...}
   */
  public ArgumentReader(CommandSpec command, LlamaOptions llama, Map<String, String> environment) {
    this.known = new KnownOptions(command, llama);
    this.environment = environment;
  }

  /**
   * Reads a command line.
   *
   * @param words after the command's name
   * @throws ArgumentException if one of them is invalid
   */
  public Arguments read(List<String> words) {
    int at = 0;
    while (at < words.size()) {
      String word = words.get(at);
      if (word.equals(LONG)) {
        rest.add(Arguments.END_OF_OPTIONS);
        rest.addAll(words.subList(at + 1, words.size()));
        break;
      }
      at = readOne(word, words.subList(at + 1, words.size()), at + 1);
    }
    List<Use> all = new ArrayList<>(new Variables(known, environment).defaults(uses));
    Assembly assembly = new Assembly(all);
    all.addAll(uses);
    Map<Object, Integer> last = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      last.put(all.get(i).option().key(), i);
    }
    for (int i = 0; i < all.size(); i++) {
      KnownOptions.Match option = all.get(i).option();
      if (option.isList() || last.get(option.key()) == i) {
        assembly.add(all.get(i));
      }
    }
    return assembly.finish(rest);
  }

  /** Reads a word and the values that follow it; returns the index of the next word. */
  private int readOne(String word, List<String> following, int next) {
    String name = normal(word);
    KnownOptions.Match option = name.startsWith("-") ? known.find(name) : null;
    if (option != null) {
      List<String> values = values(option, following);
      for (String value : values) {
        Typing.checkValue(word, option, value);
      }
      uses.add(new Use(name, option, values));
      return next + values.size();
    }
    int equals = name.startsWith("-") ? name.indexOf('=') : -1;
    option = equals < 0 ? null : known.find(name.substring(0, equals));
    if (option != null) {
      String value = name.substring(equals + 1);
      Typing.checkValue(word, option, value);
      uses.add(new Use(name.substring(0, equals), option, List.of(value)));
    } else {
      Typing.checkParameter(word, known);
      rest.add(name);
    }
    return next;
  }

  /** A long name with hyphens. */
  public static String normal(String word) {
    if (!word.startsWith(LONG)) {
      return word;
    }
    int equals = word.indexOf('=');
    return equals < 0
        ? word.replace('_', '-')
        : word.substring(0, equals).replace('_', '-') + word.substring(equals);
  }

  private static List<String> values(KnownOptions.Match option, List<String> following) {
    int count = option.minArity();
    if (count < option.maxArity()
        && following.size() > count
        && !following.get(count).startsWith("-")) {
      count++;
    }
    return List.copyOf(following.subList(0, Math.min(count, following.size())));
  }
}
