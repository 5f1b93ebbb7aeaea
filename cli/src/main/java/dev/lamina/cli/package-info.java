/**
 * Commands: each parses its options, calls a library and prints. Apart from {@code bench}, only
 * this module uses terminals, the environment and standard streams.
 */
package dev.lamina.cli;
