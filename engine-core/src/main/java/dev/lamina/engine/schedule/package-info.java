/**
 * Evaluates tokens and generates texts: a loaded model, the scheduler that runs many requests on
 * it, sessions for programs that have one sequence.
 */
package dev.lamina.engine.schedule;
