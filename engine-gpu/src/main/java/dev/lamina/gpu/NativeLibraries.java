package dev.lamina.gpu;

import dev.lamina.gguf.output.PendingFiles;
import dev.lamina.gguf.output.Temporary;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Loads the native parts of jocl and jcuda. Unless the native parts are on the library path, the
 * bindings unpack them into the folder for temporary files under fixed names, and use files that
 * already exist there. So they get a folder that no other user can write to.
 */
public final class NativeLibraries {
  private static final String TEMPORARY = "java.io.tmpdir";

  private NativeLibraries() {}

  /**
   * Runs code that loads native libraries.
   *
   * @throws IOException if there is no place to unpack them, or none to load them from; the message
   *     says what to do
   * @throws LinkageError if they do not load
   */
  public static void load(Runnable loader) throws IOException {
    Temporary folder = Temporary.folder("lamina-");
    try {
      synchronized (NativeLibraries.class) {
        String before = System.setProperty(TEMPORARY, folder.path().toString());
        try {
          loader.run();
        } finally {
          System.setProperty(TEMPORARY, before);
        }
      }
    } catch (LinkageError e) {
      if (!allowsPrograms(folder.path())) {
        throw new IOException(
            folder.path().getParent()
                + " is mounted noexec; the system property "
                + TEMPORARY
                + " can name another folder",
            e);
      }
      throw e;
    } finally {
      delete(folder);
    }
  }

  /** Whether the system executes files in a folder. */
  private static boolean allowsPrograms(Path folder) throws IOException {
    Path probe = folder.resolve("probe");
    PendingFiles.write(probe, "");
    return !probe.toFile().setExecutable(true) || Files.isExecutable(probe);
  }

  /** Whether the system finds and loads one of these libraries. */
  public static boolean exist(List<String> names) {
    try (Arena arena = Arena.ofConfined()) {
      return find(names, arena).isPresent();
    }
  }

  /** The first of these functions that is missing in the first of these libraries that exists. */
  public static Optional<String> missing(List<String> names, List<String> functions) {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup library = find(names, arena).orElseThrow();
      return functions.stream().filter(name -> library.find(name).isEmpty()).findFirst();
    }
  }

  /** The first of these libraries that the system finds; it stays loaded as long as the arena. */
  public static Optional<SymbolLookup> find(List<String> names, Arena arena) {
    return names.stream().flatMap(name -> find(name, arena).stream()).findFirst();
  }

  @SuppressWarnings("restricted") // its purpose is to load drivers
  private static Optional<SymbolLookup> find(String name, Arena arena) {
    try {
      return Optional.of(SymbolLookup.libraryLookup(name, arena));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // the only way to find out that the library is missing
    }
  }

  private static void delete(Temporary folder) {
    try {
      folder.close();
    } catch (IOException e) {
      // Some systems do not delete files in use; the JVM tries again when it ends.
      return;
    }
  }
}
