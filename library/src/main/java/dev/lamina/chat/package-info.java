/** The loop of a chat: messages into prompts, tokens into text, thoughts apart from answers. */
package dev.lamina.chat;
