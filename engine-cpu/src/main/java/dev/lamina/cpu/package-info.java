/**
 * The CPU backend: compiles operations into steps and runs them on threads. Independent of the GPU
 * backends.
 */
package dev.lamina.cpu;
