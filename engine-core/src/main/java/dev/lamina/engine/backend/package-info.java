/**
 * The seam to the backends: what a device is, what a backend does, what it is given. Knows no
 * backend.
 */
package dev.lamina.engine.backend;
