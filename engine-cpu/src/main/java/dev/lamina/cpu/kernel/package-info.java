/**
 * Matrix products, attention and vector mathematics by the Vector API. Methods here take and give
 * no vectors.
 */
package dev.lamina.cpu.kernel;
