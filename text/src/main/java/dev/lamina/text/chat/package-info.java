/**
 * How models format chats: thoughts told from answers, special tokens by the names that templates
 * use. Knows no sampling and no sessions.
 */
package dev.lamina.text.chat;
