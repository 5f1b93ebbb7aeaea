package dev.lamina.text.chat;

import java.util.List;

/**
 * What stands around a model's thoughts in its text.
 *
 * @param open what begins a thought
 * @param close what ends it
 * @param resume what the answer begins with when the thought is ended for the model
 */
public record ThoughtTags(String open, String close, String resume) {
  static final String HARMONY_CHANNEL = "<|channel|>";

  /** The formats of published models. */
  static final List<ThoughtTags> ALL =
      List.of(
          tags("<think>", "</think>"),
          tags("<thinking>", "</thinking>"),
          tags("<thought>", "</thought>"),
          tags("<seed:think>", "</seed:think>"),
          tags("[THINK]", "[/THINK]"),
          tags("<|think|>", "<|/think|>"),
          tags("<|START_THINKING|>", "<|END_THINKING|>"),
          tags("<|inner_prefix|>", "<|inner_suffix|>"),
          tags("<|channel>thought", "<channel|>"),
          new ThoughtTags(
              HARMONY_CHANNEL + "analysis<|message|>",
              "<|end|>",
              "<|start|>assistant" + HARMONY_CHANNEL + "final<|message|>"));

  /** What gpt-oss writes around its answers; it is no part of them. */
  static final List<String> HARMONY_HEADERS =
      List.of(
          "<|start|>assistant",
          HARMONY_CHANNEL + "final<|message|>",
          HARMONY_CHANNEL + "commentary<|message|>");

  /** Whether a text is part of the opening of a thought or of a header. */
  static boolean mayOpen(String text) {
    return ALL.stream().anyMatch(tags -> tags.open.contains(text))
        || HARMONY_HEADERS.stream().anyMatch(header -> header.contains(text));
  }

  /** What a reader sees of the opening. */
  String shownOpen() {
    return isHarmony() ? "<think>" : open;
  }

  /** What a reader sees of the end. */
  String shownClose() {
    return isHarmony() ? "</think>\n\n" : close;
  }

  private boolean isHarmony() {
    return open.startsWith(HARMONY_CHANNEL);
  }

  private static ThoughtTags tags(String open, String close) {
    return new ThoughtTags(open, close, "\n\n");
  }

  /** The tags whose opening a prompt ends with, so that the answer begins within a thought. */
  public static ThoughtTags openedBy(String prompt) {
    String end = prompt.stripTrailing();
    return ALL.stream().filter(tags -> end.endsWith(tags.open)).findFirst().orElse(null);
  }
}
