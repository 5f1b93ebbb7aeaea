package dev.lamina.cli;

import dev.lamina.cli.arguments.OptionHolder;

/** A command: it declares its options and runs with them. */
interface Command extends OptionHolder, Runnable {}
