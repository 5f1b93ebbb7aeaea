package dev.lamina.text.template;

/** What {@code namespace()} makes: attributes that {@code set} can change from inside a loop. */
record Namespace(Dict attributes) {}
