/**
 * The interface to the backends: devices, segments of a model, batches and memory plans. Depends on
 * no backend.
 */
package dev.lamina.engine.backend;
