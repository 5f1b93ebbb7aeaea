package dev.lamina.runtime;

import dev.lamina.engine.model.Model;
import dev.lamina.engine.model.RopeOverrides;
import dev.lamina.gguf.GgufFile;
import dev.lamina.gguf.GgufFormatException;
import dev.lamina.gguf.LoadMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Opens GGUF files, with errors that say what to do. */
public final class ModelFiles {
  /** Address of a file on the network; a path has single slashes. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?i)(https?|ftp|hf|s3):/|(www\\.)?(hf\\.co|huggingface\\.co)/");

  private ModelFiles() {}

  /**
   * Opens a file with tensors of known types only.
   *
   * @throws GgufFormatException if the file does not exist, or is something else
   */
  public static GgufFile open(Path path, LoadMode mode) {
    checkPath(path);
    return GgufFile.open(path, mode);
  }

  /**
   * Opens any GGUF file, to look at it.
   *
   * @throws GgufFormatException if the file does not exist, or is no GGUF file
   */
  public static GgufFile openAny(Path path, LoadMode mode) {
    checkPath(path);
    return GgufFile.openAny(path, mode);
  }

  /** Loads the model of a file and reports the file's warnings. */
  public static Model load(GgufFile file, RopeOverrides overrides, LoadListener listener) {
    try {
      return Model.load(file, overrides);
    } finally {
      tellWarnings(file, listener);
    }
  }

  /** As {@link #load}, for an observer of the layers' products. */
  static Model loadWithAllRows(GgufFile file, RopeOverrides overrides, LoadListener listener) {
    try {
      return Model.loadWithAllRows(file, overrides);
    } finally {
      tellWarnings(file, listener);
    }
  }

  /** Reports the warnings of a file that were not reported before. */
  public static void tellWarnings(GgufFile file, LoadListener listener) {
    List<String> warnings = file.warnings().takeNew();
    if (!warnings.isEmpty()) {
      listener.warnOfFile(file.metadata().source(), warnings);
    }
  }

  private static void checkPath(Path path) {
    if (!Files.exists(path)) {
      if (ADDRESS.matcher(path.toString()).lookingAt()) {
        throw new GgufFormatException(
            path
                + " is an address, and downloads are not supported yet; fetch the file and name it");
      }
      throw new GgufFormatException("model file " + path + " does not exist");
    }
    if (Files.isDirectory(path)) {
      throw new GgufFormatException(path + " is a folder; name the GGUF file in it");
    }
    if (!Files.isReadable(path)) {
      throw new GgufFormatException(
          "model file " + path + " cannot be read; check its permissions");
    }
  }
}
