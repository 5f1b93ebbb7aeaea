package dev.lamina.cli;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.generate.ContextFullException;
import dev.lamina.engine.gguf.GgufFormatException;
import dev.lamina.engine.gguf.UnsupportedModelException;
import dev.lamina.engine.quantize.QuantizeException;
import dev.lamina.engine.sampling.NoCandidateException;
import dev.lamina.engine.template.TemplateException;

/** The line that the user reads for an exception. */
final class Errors {
  private Errors() {}

  static String message(Throwable e) {
    return switch (e) {
      case CliException known -> known.getMessage();
      case GgufFormatException known -> known.getMessage();
      case UnsupportedModelException known -> known.getMessage();
      case TemplateException known -> known.getMessage();
      case ContextFullException known -> known.getMessage();
      case NoCandidateException known -> known.getMessage();
      case BackendException known -> known.getMessage();
      case QuantizeException known -> known.getMessage();
      case OutputClosedException closed ->
          "cannot write standard output: " + closed.getCause().getMessage();
      case OutOfMemoryError _ ->
          "out of memory; give Java more with LAMINA_JAVA_OPTS=-Xmx8g, or use a smaller -c";
      default -> "unexpected " + e + "; LAMINA_DEBUG=1 shows where";
    };
  }
}
