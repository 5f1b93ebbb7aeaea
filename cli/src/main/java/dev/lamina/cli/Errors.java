package dev.lamina.cli;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.MemoryException;
import dev.lamina.engine.placement.PlacementException;
import dev.lamina.engine.sampling.NoCandidateException;
import dev.lamina.engine.schedule.ContextFullException;
import dev.lamina.engine.schedule.StateException;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.UnsupportedModelException;
import dev.lamina.runtime.DeviceException;
import dev.lamina.text.template.TemplateException;

/** Turns exceptions into the line that the user reads. */
final class Errors {
  private Errors() {}

  /** The line for missing memory; the JVM's message tells the kind of memory. */
  private static String outOfMemory(String message) {
    if (message.contains("thread")) {
      return "the system starts no more threads; use fewer with -t";
    }
    long heap = Runtime.getRuntime().maxMemory() >> 20;
    return message.contains("heap") || message.contains("GC overhead")
        ? "out of memory: Java has a heap of "
            + heap
            + " MiB; give it more with LAMINA_JAVA_OPTS=-Xmx8g"
        : "out of memory; use a smaller context (-c) or batch (-ub), or a smaller model";
  }

  /** Compares names, because the class may be missing. */
  private static boolean isOfQuantize(Throwable e) {
    return e.getClass().getName().startsWith("dev.lamina.quantize.");
  }

  static String message(Throwable e) {
    return switch (e) {
      case CliException known -> known.getMessage();
      case DeviceException known ->
          known.getMessage() + "; `lamina devices` lists the devices that there are";
      case GgufFormatException known ->
          known.getMessage() + known.kind().map(Advice::of).orElse("");
      case UnsupportedModelException known -> known.getMessage() + Advice.of(known.kind());
      case TemplateException known ->
          known.getMessage() + "; --chat-template names another template";
      case ContextFullException known -> known.getMessage() + "; raise it with -c";
      case NoCandidateException known -> known.getMessage();
      case MemoryException known -> Advice.of(known);
      case StateException known -> known.getMessage();
      case BackendException known -> known.getMessage();
      case PlacementException known -> Advice.of(known);
      case OutputClosedException closed ->
          "cannot write standard output: " + closed.getCause().getMessage();
      case OutOfMemoryError memory -> outOfMemory(String.valueOf(memory.getMessage()));
      case StackOverflowError _ ->
          "something in the input is nested too deeply; LAMINA_JAVA_OPTS=-Xss8m gives Java a larger stack";
      case InternalError error when String.valueOf(error.getMessage()).contains("memory access") ->
          "a file that is in use cannot be read any more: it was cut, or its disk or network drive failed";
      default ->
          isOfQuantize(e)
              ? QuantizeErrors.message(e)
              : "unexpected " + e + "; LAMINA_DEBUG=1 shows where";
    };
  }

  /** The line for a request that is impossible; its message is meant for the user. */
  static String refusal(IllegalArgumentException e) {
    return e instanceof PlacementException || isOfQuantize(e) ? message(e) : e.getMessage();
  }
}
