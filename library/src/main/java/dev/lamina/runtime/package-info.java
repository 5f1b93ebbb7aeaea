/**
 * Finds devices and opens models on them, for the front door and for the commands. Tells its {@link
 * dev.lamina.runtime.LoadListener}, and prints nothing.
 */
package dev.lamina.runtime;
