/** Reports in the formats of llama-bench. */
package dev.lamina.bench.report;
