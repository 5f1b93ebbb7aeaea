/**
 * The executable definition of every operation: plain scalar Java, with sums in double precision.
 * The tests and {@code lamina doctor} compare all backends with it. Users cannot choose it as a
 * backend.
 */
package dev.lamina.engine.reference;
