/**
 * Tokenizers: from text to tokens and back, with the vocabulary and the special tokens of a file.
 */
package dev.lamina.text.tokenizer;
