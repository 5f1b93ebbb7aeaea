/**
 * Finds devices and opens models on them, for the main API and for the commands. Reports to a
 * {@link dev.lamina.runtime.LoadListener} and prints nothing.
 */
package dev.lamina.runtime;
