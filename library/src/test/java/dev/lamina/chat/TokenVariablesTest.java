package dev.lamina.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.gguf.Metadata;
import dev.lamina.text.chat.TokenVariables;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenVariablesTest {
  @Test
  void givesEveryTokenThatTheFileNames() {
    Metadata metadata =
        new Metadata(
            "test",
            Map.of(
                "tokenizer.ggml.unknown_token_id", (long) 'u',
                "tokenizer.ggml.seperator_token_id", (long) 's',
                "tokenizer.ggml.padding_token_id", (long) 'p',
                "tokenizer.ggml.cls_token_id", (long) 'c',
                "tokenizer.ggml.mask_token_id", (long) 'm',
                "tokenizer.ggml.eot_token_id", 100_000L,
                "tokenizer.ggml.eom_token_id", -1));
    Map<String, String> variables = TokenVariables.of(metadata, new CharTokenizer("<end>"));
    assertEquals(
        Map.of(
            "bos_token", "",
            "eos_token", "<end>",
            "unk_token", "u",
            "sep_token", "s",
            "pad_token", "p",
            "cls_token", "c",
            "mask_token", "m",
            "eot_token", "",
            "eom_token", ""),
        variables);
  }
}
