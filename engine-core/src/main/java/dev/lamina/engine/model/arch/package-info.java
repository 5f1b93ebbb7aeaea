/** Architectures, one class each; {@link dev.lamina.engine.model.Architectures} lists them. */
package dev.lamina.engine.model.arch;
