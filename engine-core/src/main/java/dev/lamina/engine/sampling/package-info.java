/** Chooses tokens from logits: a chain of steps, then a draw. */
package dev.lamina.engine.sampling;
