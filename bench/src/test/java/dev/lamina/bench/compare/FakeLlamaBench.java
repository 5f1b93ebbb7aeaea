package dev.lamina.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A shell script in place of llama-bench. */
final class FakeLlamaBench {
  private FakeLlamaBench() {}

  /** Answers {@code --help}, else appends its arguments to a file and runs the body. */
  static Path write(Path folder, String body) throws IOException {
    Path script = folder.resolve("llama-bench");
    Files.writeString(
        script,
        """
        #!/bin/sh
        [ "$1" = --help ] || [ "$3" = --help ] && exit 0
        echo "$*" >> "%s"
        %s
        """
            .formatted(folder.resolve("calls"), body));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }

  /** The fields that matter of one run, as llama-bench prints them. */
  static String json(int nPrompt, int nGen, int nDepth, long nanos) {
    return """
    echo 'loaded a backend' >&2
    echo '[ { "build_commit": "abc", "build_number": 7, "n_prompt": %d, "n_gen": %d, "n_depth": %d, "samples_ns": [ %d ] } ]'
    """
        .formatted(nPrompt, nGen, nDepth, nanos);
  }
}
