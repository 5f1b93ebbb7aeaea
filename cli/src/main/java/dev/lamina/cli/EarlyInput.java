package dev.lamina.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * An input that is set up while the model loads, so that the user can type the first message
 * meanwhile.
 */
final class EarlyInput implements ChatInput {
  private final FutureTask<ChatInput> input;

  EarlyInput(Callable<ChatInput> make) {
    input = new FutureTask<>(make);
    Thread.ofPlatform().daemon().name("chat input").start(input);
  }

  private ChatInput made() {
    try {
      return input.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new CliException("cannot read from the terminal: " + e.getCause().getMessage(), e);
    }
  }

  @Override
  public String next() {
    return made().next();
  }

  @Override
  public void whileAnswering(Runnable onInterrupt, Runnable answer) {
    made().whileAnswering(onInterrupt, answer);
  }

  @Override
  public void close() {
    made().close();
  }
}
