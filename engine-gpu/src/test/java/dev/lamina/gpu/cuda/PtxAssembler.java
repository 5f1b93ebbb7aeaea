package dev.lamina.gpu.cuda;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A program {@code ptxas} of an installed CUDA toolkit.
 *
 * @param version major times 1,000 plus minor
 */
record PtxAssembler(Path program, int version) {
  private static final Pattern RELEASE = Pattern.compile("release (\\d+)\\.(\\d+)");

  /** The assembler of the newest toolkit on the PATH or in the usual folders. */
  static Optional<PtxAssembler> newest() throws IOException {
    List<Path> folders = new ArrayList<>();
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      folders.add(Path.of(folder));
    }
    Path local = Path.of("/usr/local");
    if (Files.isDirectory(local)) {
      try (DirectoryStream<Path> toolkits = Files.newDirectoryStream(local, "cuda*")) {
        toolkits.forEach(toolkit -> folders.add(toolkit.resolve("bin")));
      }
    }
    return folders.stream()
        .map(folder -> folder.resolve("ptxas"))
        .filter(Files::isExecutable)
        .flatMap(PtxAssembler::describe)
        .max(Comparator.comparingInt(PtxAssembler::version));
  }

  private static Stream<PtxAssembler> describe(Path program) {
    Matcher release = RELEASE.matcher(output(program.toString(), "--version").text());
    return release.find()
        ? Stream.of(
            new PtxAssembler(
                program,
                1000 * Integer.parseInt(release.group(1)) + Integer.parseInt(release.group(2))))
        : Stream.empty();
  }

  /** The targets among these that it can assemble for. */
  List<String> knownOf(List<String> targets) {
    String help = output(program.toString(), "--help").text();
    return targets.stream().filter(target -> help.contains("'" + target + "'")).toList();
  }

  /** The reason that it cannot assemble a file for a target; empty if it can. */
  String refusal(Path ptx, String target) {
    // Errors come before optimization, which takes most of the time.
    Output output =
        output(program.toString(), "-O0", "-arch=" + target, "-o", "/dev/null", ptx.toString());
    return output.status == 0 ? "" : ptx.getFileName() + " for " + target + ": " + output.text;
  }

  private record Output(int status, String text) {}

  private static Output output(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Output(process.waitFor(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
