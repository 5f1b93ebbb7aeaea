/**
 * Conversations: turns messages into prompts and tokens into text, and separates thoughts from
 * answers.
 */
package dev.lamina.chat;
