/** Decides what runs where, from sizes alone, and runs the parts in order. */
package dev.lamina.engine.placement;
