package dev.lamina.engine.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The prompt formats of a short conversation, written out; {@code ^} stands for a newline. */
class BuiltinTemplatesTest {
  private static final List<ChatMessage> CHAT =
      List.of(
          ChatMessage.of("system", "Sys"),
          ChatMessage.of("user", "Hello"),
          ChatMessage.of("assistant", " Hi "),
          ChatMessage.of("user", "More"));

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
"""
chatml;<|im_start|>system^Sys<|im_end|>^<|im_start|>user^Hello<|im_end|>^<|im_start|>assistant^ Hi <|im_end|>^<|im_start|>user^More<|im_end|>^<|im_start|>assistant^
command-r;<s><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>Sys<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>Hello<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>Hi<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>More<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>
deepseek;<s>Sys### Instruction:^Hello^### Response:^ Hi ^<|EOT|>^### Instruction:^More^### Response:^
deepseek2;<s>Sys^^User: Hello^^Assistant:  Hi </s>User: More^^Assistant:
deepseek3;<s>Sys^^<｜User｜>Hello<｜Assistant｜> Hi </s><｜User｜>More<｜Assistant｜>
falcon3;<|system|>^Sys^<|user|>^Hello^<|assistant|>^ Hi ^<|user|>^More^<|assistant|>^
gemma;<s><start_of_turn>user^Sys^^Hello<end_of_turn>^<start_of_turn>model^Hi<end_of_turn>^<start_of_turn>user^More<end_of_turn>^<start_of_turn>model^
granite;<|start_of_role|>system<|end_of_role|>Sys<|end_of_text|>^<|start_of_role|>user<|end_of_role|>Hello<|end_of_text|>^<|start_of_role|>assistant<|end_of_role|> Hi <|end_of_text|>^<|start_of_role|>user<|end_of_role|>More<|end_of_text|>^<|start_of_role|>assistant<|end_of_role|>
llama2;<s>[INST] <<SYS>>^Sys^<</SYS>>^^Hello [/INST] Hi </s><s>[INST] More [/INST]
llama3;<s><|start_header_id|>system<|end_header_id|>^^Sys<|eot_id|><|start_header_id|>user<|end_header_id|>^^Hello<|eot_id|><|start_header_id|>assistant<|end_header_id|>^^Hi<|eot_id|><|start_header_id|>user<|end_header_id|>^^More<|eot_id|><|start_header_id|>assistant<|end_header_id|>^^
llama4;<s><|header_start|>system<|header_end|>^^Sys<|eot|><|header_start|>user<|header_end|>^^Hello<|eot|><|header_start|>assistant<|header_end|>^^Hi<|eot|><|header_start|>user<|header_end|>^^More<|eot|><|header_start|>assistant<|header_end|>^^
mistral-v1;<s> [INST] Sys^^Hello [/INST]  Hi </s> [INST] More [/INST]
mistral-v3;<s>[INST] Sys^^Hello[/INST] Hi</s>[INST] More[/INST]
mistral-v3-tekken;<s>[INST]Sys^^Hello[/INST] Hi </s>[INST]More[/INST]
mistral-v7;<s>[SYSTEM_PROMPT] Sys[/SYSTEM_PROMPT][INST] Hello[/INST]  Hi </s>[INST] More[/INST]
mistral-v7-tekken;<s>[SYSTEM_PROMPT]Sys[/SYSTEM_PROMPT][INST]Hello[/INST] Hi </s>[INST]More[/INST]
openchat;<s>Sys<|end_of_turn|>GPT4 Correct User: Hello<|end_of_turn|>GPT4 Correct Assistant:  Hi <|end_of_turn|>GPT4 Correct User: More<|end_of_turn|>GPT4 Correct Assistant:
phi3;<|system|>^Sys<|end|>^<|user|>^Hello<|end|>^<|assistant|>^ Hi <|end|>^<|user|>^More<|end|>^<|assistant|>^
phi4;<|im_start|>system<|im_sep|>Sys<|im_end|><|im_start|>user<|im_sep|>Hello<|im_end|><|im_start|>assistant<|im_sep|> Hi <|im_end|><|im_start|>user<|im_sep|>More<|im_end|><|im_start|>assistant<|im_sep|>
vicuna;<s>Sys^^USER: Hello^ASSISTANT:  Hi </s>^USER: More^ASSISTANT:
zephyr;<|system|>^Sys</s>^<|user|>^Hello</s>^<|assistant|>^ Hi </s>^<|user|>^More</s>^<|assistant|>^
""")
  void writesThePublishedFormat(String name, String expected) {
    String prompt = BuiltinTemplates.compile(name).render(ChatContext.of(CHAT, "<s>", "</s>"));
    assertEquals(expected.replace('^', '\n'), prompt);
  }

  @ParameterizedTest
  @MethodSource("dev.lamina.engine.template.BuiltinTemplates#names")
  void worksWithoutSpecialTokensContentOrGenerationPrompt(String name) {
    ChatTemplate template = BuiltinTemplates.compile(name);
    List<ChatMessage> chat = new ArrayList<>(CHAT);
    chat.add(new ChatMessage("assistant", null, Map.of("tool_calls", List.of())));
    ChatContext context = new ChatContext(chat, null, null, false, null, null, Map.of());
    String prompt = template.render(context);
    assertTrue(prompt.contains("Hello"), prompt);
    assertFalse(prompt.contains("None"), prompt);
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    TemplateException e =
        assertThrows(TemplateException.class, () -> BuiltinTemplates.source("../chatml"));
    assertTrue(e.getMessage().contains("chatml, command-r"), e.getMessage());
    assertFalse(BuiltinTemplates.has("nope"));
  }

  @Test
  void aModelWithoutTemplateSpeaksChatMl() {
    ChatContext context = ChatContext.of(List.of(ChatMessage.of("user", "x")), null, null);
    String chatml = "<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n";
    assertEquals(chatml, BuiltinTemplates.ofModel(null).render(context));
    assertEquals("x", BuiltinTemplates.ofModel("{{ messages[0].content }}").render(context));
  }
}
