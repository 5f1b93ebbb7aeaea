/**
 * The front door: opens GGUF models, completes texts and chats. {@link dev.lamina.Lamina} is where
 * to begin. Programs need no other package.
 */
package dev.lamina;
