package dev.lamina;

import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.MemoryException;
import dev.lamina.engine.backend.MissingModuleException;
import dev.lamina.engine.placement.DeviceFailure;
import dev.lamina.engine.sampling.NoCandidateException;
import dev.lamina.engine.schedule.ContextFullException;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.UnsupportedModelException;
import dev.lamina.runtime.DeviceException;
import dev.lamina.text.template.TemplateException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Translates exceptions of Lamina's modules into {@link LaminaException}. */
final class Failures {
  private Failures() {}

  /** Wraps an exception that a listener of the program threw, so that it is not translated. */
  private static final class ListenerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ListenerException(RuntimeException cause) {
      super(cause);
    }

    @Override
    public synchronized RuntimeException getCause() {
      return (RuntimeException) super.getCause();
    }
  }

  /** Calls a listener of the program; {@link #translate} passes its exceptions on unchanged. */
  static <T> void tell(Consumer<T> listener, T value) {
    ask(() -> {
      listener.accept(value);
      return true;
    });
  }

  /** Asks a condition of the program; as {@link #tell}. */
  static boolean ask(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (RuntimeException e) {
      throw new ListenerException(e);
    }
  }

  /** Runs work with the model of a file and translates its exceptions. */
  static <T> T translate(String file, Supplier<T> work) {
    try {
      return work.get();
    } catch (ListenerException e) {
      throw e.getCause();
    } catch (GgufFormatException e) {
      throw new LaminaException.BadFile(file, e.getMessage(), e);
    } catch (UnsupportedModelException e) {
      throw new LaminaException.UnsupportedModel(file, e.getMessage(), e);
    } catch (DeviceException e) {
      throw new LaminaException.DeviceProblem(e.device(), e.getMessage(), e);
    } catch (MemoryException e) {
      throw new LaminaException.NoMemory(e.getMessage(), e.needed().total(), e.available(), e);
    } catch (MissingModuleException e) {
      throw new LaminaException.MissingModule(e.module(), e);
    } catch (BackendException | DeviceFailure e) {
      throw new LaminaException.DeviceProblem("", e.getMessage(), e);
    } catch (ContextFullException e) {
      throw new LaminaException.ContextFull(e.position() + e.count(), e.contextLength(), e);
    } catch (OutOfMemoryError e) {
      throw new LaminaException.NoMemory(String.valueOf(e.getMessage()), 0, 0, e);
    } catch (TemplateException | NoCandidateException | IllegalArgumentException e) {
      throw new LaminaException.BadRequest(e.getMessage(), e);
    }
  }
}
