/** Small programs that use {@link dev.lamina.Lamina}; each says how it is started. */
package dev.lamina.examples;
