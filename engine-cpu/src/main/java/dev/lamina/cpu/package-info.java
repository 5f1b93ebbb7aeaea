/** The CPU backend: compiles operations into steps and runs them on threads. Knows no GPU. */
package dev.lamina.cpu;
