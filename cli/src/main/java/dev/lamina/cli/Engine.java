package dev.lamina.cli;

import dev.lamina.engine.backend.Availability;
import dev.lamina.engine.backend.Backend;
import dev.lamina.engine.backend.BackendOptions;
import dev.lamina.engine.backend.BackendProvider;
import dev.lamina.engine.backend.SessionConfig;
import dev.lamina.engine.generate.Session;
import dev.lamina.engine.gguf.GgufFile;
import dev.lamina.engine.model.Model;
import java.util.ServiceLoader;

/**
 * A model with a session, ready to generate.
 *
 * @param loadNanos time that it took to get there
 */
record Engine(GgufFile file, Backend backend, Session session, long loadNanos)
    implements AutoCloseable {

  static Engine start(Console console, ModelOptions modelOptions, EngineOptions options) {
    long start = System.nanoTime();
    GgufFile file = modelOptions.open(console);
    Backend backend = null;
    try {
      Model model = Model.load(file, options.rope());
      SessionConfig config = options.session(model.config());
      if (config.contextLength() > model.config().contextLength()) {
        console
            .err()
            .println(
                "warning: the model was trained for %d tokens of context; beyond them, of %d, it may write nonsense"
                    .formatted(model.config().contextLength(), config.contextLength()));
      }
      ReadAhead.read(file, console);
      backend = openCpu(options.threads());
      Session session = new Session(model, backend, config);
      return new Engine(file, backend, session, System.nanoTime() - start);
    } catch (RuntimeException | Error e) {
      if (backend != null) {
        backend.close();
      }
      file.close();
      throw e;
    }
  }

  /** The CPU, with some number of threads. */
  static Backend openCpu(int threads) {
    for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
      if (!provider.name().equals("cpu")) {
        continue;
      }
      Availability availability = provider.probe();
      if (!availability.usable()) {
        throw new CliException("the CPU backend cannot be used: " + availability.reason());
      }
      return provider.open(provider.devices().getFirst(), new BackendOptions(threads));
    }
    throw new CliException("no CPU backend on the class path; build Lamina anew");
  }

  Model model() {
    return session.model();
  }

  @Override
  public void close() {
    session.close();
    backend.close();
    file.close();
  }
}
