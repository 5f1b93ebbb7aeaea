/**
 * The only place that writes files: a target is checked before the work and replaced at its end,
 * complete or not at all.
 */
package dev.lamina.gguf.output;
