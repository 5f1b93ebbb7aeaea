/**
 * Models as data: configuration, tensors, and the operations that an architecture consists of. Says
 * what is computed and nothing of how.
 */
package dev.lamina.engine.model;
