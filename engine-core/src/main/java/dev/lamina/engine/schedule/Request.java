package dev.lamina.engine.schedule;

import dev.lamina.engine.memory.Sequence;
import dev.lamina.engine.schedule.GenerationResult.Finish;

/** A text that a scheduler generates. All fields but {@code cancelled} are its thread's. */
final class Request {
  final Generator generator;
  final Outbox outbox;

  /** Null while the request waits for its turn, or was set aside. */
  Sequence sequence;

  /** Counts the requests as they arrive. */
  long number;

  /** Tokens that the pass being prepared evaluates. */
  int rows;

  /** Whether it has been running before. */
  boolean started;

  volatile boolean cancelled;
  private GenerationResult result;
  private Throwable failure;

  Request(Generator generator, Outbox outbox) {
    this.generator = generator;
    this.outbox = outbox;
  }

  /** Tokens that are to be evaluated. */
  int pending() {
    return generator.size() - sequence.position();
  }

  void finish(Finish finish) {
    result = generator.result(finish);
    outbox.close();
  }

  void fail(Throwable cause) {
    failure = cause;
    outbox.close();
  }

  /** The result, after the outbox is closed. */
  GenerationResult result() {
    if (failure == null) {
      return result;
    }
    // No switch over types, which costs milliseconds at the end of every run.
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    throw new IllegalStateException(failure);
  }
}
