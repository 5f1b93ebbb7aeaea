package dev.lamina.text.template;

/** The result of {@code namespace()}: attributes that {@code set} can change from inside a loop. */
record Namespace(Dict attributes) {}
