package dev.lamina.text.template;

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
llama2;<s>[INST] Sys^Hello [/INST] Hi </s>[INST] More [/INST]
llama2-sys;<s>[INST] <<SYS>>^Sys^<</SYS>>^^Hello [/INST] Hi </s>[INST] More [/INST]
llama2-sys-bos;<s>[INST] <<SYS>>^Sys^<</SYS>>^^Hello [/INST] Hi </s><s>[INST] More [/INST]
llama2-sys-strip;<s>[INST] <<SYS>>^Sys^<</SYS>>^^Hello [/INST]Hi</s>[INST] More [/INST]
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
monarch;<s>system^Sys</s>^<s>user^Hello</s>^<s>assistant^ Hi </s>^<s>user^More</s>^<s>assistant^
orion;<s>Human: Sys^^Hello^^Assistant: </s> Hi </s>Human: More^^Assistant: </s>
vicuna-orca;<s>SYSTEM: Sys^USER: Hello^ASSISTANT:  Hi </s>^USER: More^ASSISTANT:
deepseek-ocr;<s>SysHello Hi More
chatglm3;[gMASK]sop<|system|>^ Sys<|user|>^ Hello<|assistant|>^  Hi <|user|>^ More<|assistant|>
chatglm4;[gMASK]<sop><|system|>^Sys<|user|>^Hello<|assistant|>^ Hi <|user|>^More<|assistant|>^
glmedge;<s><|system|>^Sys<|user|>^Hello<|assistant|>^ Hi <|user|>^More<|assistant|>
minicpm;<s>Sys<用户>Hello<AI>Hi<用户>More<AI>
exaone3;<s>[|system|]Sys[|endofturn|]^[|user|]Hello^[|assistant|]Hi[|endofturn|]^[|user|]More^[|assistant|]
exaone4;<s>[|system|]Sys[|endofturn|]^[|user|]Hello^[|assistant|]Hi[|endofturn|]^[|user|]More^[|assistant|]
exaone-moe;<s><|system|>^Sys<|endofturn|>^<|user|>^Hello<|endofturn|>^<|assistant|>^Hi<|endofturn|>^<|user|>^More<|endofturn|>^<|assistant|>^
rwkv-world;<s>System: Sys^^User: Hello^^Assistant: Hi^^User: More^^Assistant:
granite-4.0;<|start_of_role|>system<|end_of_role|>Sys<|end_of_text|>^<|start_of_role|>user<|end_of_role|>Hello<|end_of_text|>^<|start_of_role|>assistant<|end_of_role|> Hi <|end_of_text|>^<|start_of_role|>user<|end_of_role|>More<|end_of_text|>^<|start_of_role|>assistant<|end_of_role|>
granite-4.1;<|start_of_role|>system<|end_of_role|>Sys<|end_of_text|>^<|start_of_role|>user<|end_of_role|>Hello<|end_of_text|>^<|start_of_role|>assistant<|end_of_role|> Hi <|end_of_text|>^<|start_of_role|>user<|end_of_role|>More<|end_of_text|>^<|start_of_role|>assistant<|end_of_role|>
gigachat;<s>Sys<|message_sep|>user<|role_sep|>Hello<|message_sep|>available functions<|role_sep|>[]<|message_sep|>assistant<|role_sep|> Hi <|message_sep|>user<|role_sep|>More<|message_sep|>available functions<|role_sep|>[]<|message_sep|>assistant<|role_sep|>
megrez;<|role_start|>system<|role_end|>Sys<|turn_end|><|role_start|>user<|role_end|>Hello<|turn_end|><|role_start|>assistant<|role_end|> Hi <|turn_end|><|role_start|>user<|role_end|>More<|turn_end|><|role_start|>assistant<|role_end|>
yandex;<s> Пользователь: Hello^^ Ассистент:  Hi ^^ Пользователь: More^^ Ассистент:[SEP]
bailing;<role>SYSTEM</role>Sys<role>HUMAN</role>Hello<role>ASSISTANT</role> Hi <role>HUMAN</role>More<role>ASSISTANT</role>
bailing-think;<role>SYSTEM</role>Sys<role>HUMAN</role>Hello<role>ASSISTANT</role> Hi <role>HUMAN</role>More<role>ASSISTANT</role><think>
bailing2;<role>SYSTEM</role>Sys<|role_end|><role>HUMAN</role>Hello<|role_end|><role>ASSISTANT</role> Hi <|role_end|><role>HUMAN</role>More<|role_end|><role>ASSISTANT</role>
smolvlm;<|im_start|>Sys^^User: Hello<end_of_utterance>^Assistant:  Hi <end_of_utterance>^User: More<end_of_utterance>^Assistant:
dots1;<|system|>Sys<|endofsystem|><|userprompt|>Hello<|endofuserprompt|><|response|> Hi <|endofresponse|><|userprompt|>More<|endofuserprompt|><|response|>
hunyuan-moe;<|startoftext|>Sys<|extra_4|><|startoftext|>Hello<|extra_0|> Hi <|eos|><|startoftext|>More<|extra_0|>
hunyuan-dense;<s>Sys<｜hy_place▁holder▁no▁3｜><｜hy_User｜>Hello<｜hy_Assistant｜> Hi <｜hy_place▁holder▁no▁2｜><｜hy_User｜>More<｜hy_Assistant｜>
hunyuan-vl;<｜hy_begin▁of▁sentence｜>Sys<｜hy_place▁holder▁no▁3｜>Hello<｜hy_User｜> Hi <｜hy_Assistant｜>More<｜hy_User｜>
hunyuan-ocr;<｜hy_begin▁of▁sentence｜>Sys<｜hy_place▁holder▁no▁3｜>Hello<｜hy_User｜> Hi <｜hy_Assistant｜>More<｜hy_User｜>
gpt-oss;<|start|>system<|message|>Sys<|end|><|start|>user<|message|>Hello<|end|><|start|>assistant<|message|> Hi <|return|><|start|>user<|message|>More<|end|><|start|>assistant
kimi-k2;<|im_system|>system<|im_middle|>Sys<|im_end|><|im_user|>user<|im_middle|>Hello<|im_end|><|im_assistant|>assistant<|im_middle|> Hi <|im_end|><|im_user|>user<|im_middle|>More<|im_end|><|im_assistant|>assistant<|im_middle|>
seed_oss;<seed:bos>system^Sys<seed:eos><seed:bos>user^Hello<seed:eos><seed:bos>assistant^Hi<seed:eos><seed:bos>user^More<seed:eos><seed:bos>assistant^
grok-2;<s>System: Sys<|separator|>^^Human: Hello<|separator|>^^Assistant:  Hi <|separator|>^^Human: More<|separator|>^^Assistant:
pangu-embedded;[unused9]系统：Sys[unused10][unused9]用户：Hello[unused10][unused9]助手： Hi [unused10][unused9]用户：More[unused10][unused9]助手：
solar-open;<|begin|>system<|content|>Sys<|end|><|begin|>user<|content|>Hello<|end|><|begin|>assistant<|content|> Hi <|end|><|begin|>user<|content|>More<|end|><|begin|>assistant
talkie;<|system|>Sys<|end|><|user|>Hello<|end|><|assistant|> Hi <|end|><|user|>More<|end|><|assistant|>
zephyr;<|system|>^Sys</s>^<|user|>^Hello</s>^<|assistant|>^ Hi </s>^<|user|>^More</s>^<|assistant|>^
""")
  void writesThePublishedFormat(String name, String expected) {
    String prompt = BuiltinTemplates.compile(name).render(ChatContext.of(CHAT, "<s>", "</s>"));
    assertEquals(expected.replace('^', '\n'), prompt);
  }

  @ParameterizedTest
  @MethodSource("dev.lamina.text.template.BuiltinTemplates#names")
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
