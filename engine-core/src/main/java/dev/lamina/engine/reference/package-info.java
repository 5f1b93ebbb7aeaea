/**
 * The executable meaning of every operation: plain scalar Java, sums in double precision. All
 * backends are tested against it, and {@code lamina doctor} compares with it; it is in no list of
 * backends that users choose from.
 */
package dev.lamina.engine.reference;
