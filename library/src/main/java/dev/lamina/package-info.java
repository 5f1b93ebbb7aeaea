/**
 * The main API: opens GGUF models, completes texts and chats. Start with {@link dev.lamina.Lamina}.
 * Programs need no other package.
 */
package dev.lamina;
