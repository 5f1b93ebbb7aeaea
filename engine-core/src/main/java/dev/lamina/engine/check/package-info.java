/**
 * Checks of backends against the scalar reference, and of models against llama.cpp, on the user's
 * machine.
 */
package dev.lamina.engine.check;
