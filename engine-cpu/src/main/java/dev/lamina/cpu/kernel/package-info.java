/**
 * Matrix products, attention and vector mathematics with the Vector API. Methods here neither take
 * nor return vectors.
 */
package dev.lamina.cpu.kernel;
