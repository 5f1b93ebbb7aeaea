package dev.lamina.engine.backend;

/**
 * @param usable whether the backend works here
 * @param reason one line: what was found, or why it is not usable
 */
public record Availability(boolean usable, String reason) {}
