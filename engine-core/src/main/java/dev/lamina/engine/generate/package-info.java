/** Sessions, which evaluate tokens of one sequence, and generation in them. */
package dev.lamina.engine.generate;
