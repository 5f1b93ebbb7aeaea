/**
 * Checks backends against the scalar reference and models against llama.cpp, on the machine of a
 * user.
 */
package dev.lamina.engine.check;
