/** Draws results. */
package dev.lamina.bench.plot;
