/** Measures as llama-bench does. */
package dev.lamina.bench;
