/** Runs llama-bench beside Lamina, in turns. */
package dev.lamina.bench.compare;
