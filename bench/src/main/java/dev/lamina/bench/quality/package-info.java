/** Describes and draws what quantized files are worth. */
package dev.lamina.bench.quality;
