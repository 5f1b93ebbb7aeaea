/**
 * Commands: each parses its options, calls a library and prints. The only place, with {@code
 * bench}, that knows terminals, the environment and standard streams.
 */
package dev.lamina.cli;
