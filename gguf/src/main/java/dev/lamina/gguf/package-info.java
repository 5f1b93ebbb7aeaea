/**
 * Reads, checks and writes GGUF files: whole, split, cut in pieces, mapped or read. A file is
 * untrusted and is checked once, when it is opened. Knows number formats, and no models.
 */
package dev.lamina.gguf;
