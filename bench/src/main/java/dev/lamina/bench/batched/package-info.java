/** Measures texts that decode together, as llama-batched-bench does. */
package dev.lamina.bench.batched;
