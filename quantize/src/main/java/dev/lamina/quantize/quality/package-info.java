/** Measures what a model predicts: perplexity, divergence from another model, tasks. */
package dev.lamina.quantize.quality;
