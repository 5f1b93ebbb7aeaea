/**
 * Models as data: configuration, tensors, and the operations of an architecture. Defines what is
 * computed; the backends decide how.
 */
package dev.lamina.engine.model;
