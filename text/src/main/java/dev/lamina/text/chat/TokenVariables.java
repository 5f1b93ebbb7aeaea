package dev.lamina.text.chat;

import dev.lamina.gguf.Metadata;
import dev.lamina.text.tokenizer.Vocabulary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The special tokens of a model as chat templates name them. */
public final class TokenVariables {
  /**
   * @param variable name in templates
   * @param keys metadata keys of the id, the first that is there counts
   */
  private record Role(String variable, String... keys) {}

  // GGUF spells the key of the separator wrongly; newer files have both.
  private static final List<Role> ROLES =
      List.of(
          new Role("unk_token", "unknown"),
          new Role("sep_token", "separator", "seperator"),
          new Role("pad_token", "padding"),
          new Role("cls_token", "cls"),
          new Role("mask_token", "mask"),
          new Role("eot_token", "eot"),
          new Role("eom_token", "eom"));

  private TokenVariables() {}

  /**
   * Texts of the tokens by variable: {@code bos_token}, {@code eos_token}, {@code unk_token},
   * {@code sep_token}, {@code pad_token}, {@code cls_token}, {@code mask_token}, {@code eot_token},
   * {@code eom_token}; empty where the model names none, so that templates can join them to text.
   */
  public static Map<String, String> of(Metadata metadata, Vocabulary vocabulary) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("bos_token", piece(vocabulary, vocabulary.bos()));
    variables.put("eos_token", piece(vocabulary, vocabulary.eos()));
    for (Role role : ROLES) {
      variables.put(role.variable, piece(vocabulary, id(metadata, role.keys)));
    }
    return variables;
  }

  private static long id(Metadata metadata, String... roles) {
    for (String role : roles) {
      if (metadata.get("tokenizer.ggml." + role + "_token_id") instanceof Number id) {
        return id.longValue();
      }
    }
    return -1;
  }

  private static String piece(Vocabulary vocabulary, long id) {
    return id >= 0 && id < vocabulary.size() ? vocabulary.piece((int) id) : "";
  }
}
