/** Reads command lines as llama.cpp does, before picocli sees them. */
package dev.lamina.cli.arguments;
