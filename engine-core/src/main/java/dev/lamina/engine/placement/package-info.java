/** Placement: decides which device runs which part of a model, and runs the parts in order. */
package dev.lamina.engine.placement;
