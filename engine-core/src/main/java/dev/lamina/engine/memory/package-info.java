/**
 * What sequences keep between passes: pages of keys and values, which sequences share and count.
 * Knows numbers of pages, not their contents, which lie with the backends.
 */
package dev.lamina.engine.memory;
