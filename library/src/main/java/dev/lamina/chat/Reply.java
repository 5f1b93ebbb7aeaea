package dev.lamina.chat;

import dev.lamina.engine.generate.GenerationResult.Finish;

/**
 * What a model has answered.
 *
 * @param text the answer without thoughts
 * @param thought what the model thought before, empty if nothing
 * @param finish why it ended
 * @param tokens number of tokens chosen
 */
public record Reply(String text, String thought, Finish finish, int tokens) {}
