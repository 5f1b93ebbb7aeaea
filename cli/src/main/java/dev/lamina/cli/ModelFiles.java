package dev.lamina.cli;

import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.LoadMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Opens GGUF files, from a path or from the application's own jar. */
final class ModelFiles {
  static final String DEMO_NAME = "shakespeare-5m-Q4_K_M";

  /** Of tensor data in GGUF files, and of the widest vectors. */
  private static final long ALIGNMENT = 64;

  /** Of a file in the net; a path has single slashes. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?i)(https?|ftp|hf|s3):/|(www\\.)?(hf\\.co|huggingface\\.co)/");

  private ModelFiles() {}

  /** Lines on standard error about what is odd; inspect shows all. */
  private static final int MAX_WARNINGS = 5;

  /** Opens a file whose tensors are all of known types. */
  static GgufFile open(Path path, LoadMode mode) {
    checkPath(path);
    return GgufFile.open(path, mode);
  }

  /** Opens any GGUF file, to look at it. */
  static GgufFile openAny(Path path, LoadMode mode) {
    checkPath(path);
    return GgufFile.openAny(path, mode);
  }

  /** Loads the model of a file, and tells the user what is odd about it. */
  static Model load(Console console, GgufFile file, RopeOverrides overrides) {
    try {
      return Model.load(file, overrides);
    } finally {
      tellWarnings(console, file);
    }
  }

  /** Tells what is odd about a file and was not told yet. */
  static void tellWarnings(Console console, GgufFile file) {
    List<String> warnings = file.warnings().takeNew();
    warnings.stream().limit(MAX_WARNINGS).forEach(line -> OpenDevices.warn(console, line));
    if (warnings.size() > MAX_WARNINGS) {
      OpenDevices.warn(
          console,
          "%s: and %d more, which lamina inspect shows"
              .formatted(file.metadata().source(), warnings.size() - MAX_WARNINGS));
    }
  }

  private static void checkPath(Path path) {
    if (!Files.exists(path)) {
      if (ADDRESS.matcher(path.toString()).lookingAt()) {
        throw new CliException(
            path
                + " is an address, and downloads are not supported yet; fetch the file and name it");
      }
      throw new CliException("model file " + path + " does not exist");
    }
    if (Files.isDirectory(path)) {
      throw new CliException(path + " is a folder; name the GGUF file in it");
    }
    if (!Files.isReadable(path)) {
      throw new CliException("model file " + path + " cannot be read; check its permissions");
    }
  }

  /** Bytes of all tensors. */
  static long bytes(GgufFile file) {
    return file.tensors().values().stream().mapToLong(t -> t.byteSize()).sum();
  }

  /** The embedded demo model, copied to native memory, which lives as long as it is in use. */
  static GgufFile demo() {
    try (InputStream in = ModelFiles.class.getResourceAsStream("demo/" + DEMO_NAME + ".gguf")) {
      byte[] bytes = in.readAllBytes();
      MemorySegment segment = Arena.ofAuto().allocate(bytes.length, ALIGNMENT);
      MemorySegment.copy(MemorySegment.ofArray(bytes), 0, segment, 0, bytes.length);
      return GgufFile.of(segment, DEMO_NAME);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
