package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The shell launcher in a checkout of its own, with JDKs whose java prints its arguments. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path folder;
  private Path checkout;

  /** What a script did. */
  private record Outcome(int code, String out, String err) {}

  @BeforeEach
  void makeCheckout() throws IOException {
    checkout = folder.resolve("a checkout");
    Files.createDirectories(checkout.resolve("tools"));
    Files.createDirectories(checkout.resolve("cli/src/main/java"));
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    for (String script : List.of("lamina", "tools/launcher.sh", "tools/build.sh")) {
      Files.copy(PROJECT.resolve(script), checkout.resolve(script));
    }
  }

  @Test
  void argumentsArriveExactly() throws Exception {
    Path jdk = jdk("jdk-25", "25.0.3");
    markBuilt(jdk);
    // In an ASCII locale Java cannot pass others to a process.
    Charset ofArguments = Charset.forName(System.getProperty("sun.jnu.encoding"));
    String letters = ofArguments.newEncoder().canEncode("ü 😀") ? "ü 😀" : "u :)";
    List<String> args =
        List.of("run", "-p", "To be,  \"or\" 'not'\n$HOME `x` \\ *", "", letters, "--");
    Outcome outcome = run(checkout.resolve("lamina"), jdk, args);
    assertEquals(0, outcome.code(), outcome.err());
    assertEquals("", outcome.err());
    assertTrue(outcome.out().endsWith("<-jar>" + jar() + wrap(args)), outcome.out());
  }

  @Test
  void worksThroughLinksAndFromElsewhere() throws Exception {
    Path jdk = jdk("jdk-25", "25.0.3");
    markBuilt(jdk);
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path first = Files.createSymbolicLink(bin.resolve("first"), checkout.resolve("lamina"));
    Path second = Files.createSymbolicLink(bin.resolve("lamina"), Path.of("first"));
    for (Path link : List.of(first, second)) {
      Outcome outcome = run(link, jdk, List.of("x"));
      assertEquals(0, outcome.code(), outcome.err());
      assertTrue(outcome.out().endsWith("<-jar>" + jar() + "<x>"), outcome.out());
    }
  }

  @Test
  void exitCodeIsPassedOn() throws Exception {
    Path jdk = jdk("jdk-25", "25.0.3");
    markBuilt(jdk);
    Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\nexit 42\n");
    assertEquals(42, run(checkout.resolve("lamina"), jdk, List.of()).code());
  }

  @Test
  void oldJavaHomeGivesWayToTheJavaOnThePath() throws Exception {
    Path old = jdk("jdk-17", "17.0.15");
    Path current = jdk("jdk-25", "25.0.3");
    markBuilt(current);
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("java"), current.resolve("bin/java"));
    Outcome outcome =
        start(
            List.of(checkout.resolve("lamina").toString(), "x"),
            Map.of("JAVA_HOME", old.toString(), "PATH", bin + ":" + System.getenv("PATH")));
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().startsWith("<jdk-25>"), outcome.out());
  }

  @Test
  void oldestJdkThatFitsIsTaken() throws Exception {
    Path jdks = folder.resolve("home/.jdks");
    jdk("home/.jdks/a", "27-ea");
    jdk("home/.jdks/b", "17.0.1");
    jdk("home/.jdks/c", "25.0.1");
    String script = ". \"$1/tools/launcher.sh\"; jdk_search \"$2\"/*; echo \"$jdk_best\"";
    Outcome outcome =
        start(List.of("sh", "-c", script, "sh", checkout.toString(), jdks.toString()), Map.of());
    assertEquals(jdks.resolve("c") + "\n", outcome.out(), outcome.err());
  }

  @Test
  void changedSourcesAreBuiltAnew() throws Exception {
    Path jdk = jdk("jdk-25", "25.0.3");
    markBuilt(jdk);
    Files.writeString(
        checkout.resolve("mvnw"),
        """
        #!/bin/sh
        mkdir -p "$(dirname "$0")/cli/target/app"
        echo built >"$(dirname "$0")/cli/target/app/lamina.jar"
        """);
    executable(checkout.resolve("mvnw"));
    Path source = checkout.resolve("cli/src/main/java/A.java");
    Files.writeString(source, "");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(1)));
    Outcome first = run(checkout.resolve("lamina"), jdk, List.of("x"));
    Outcome second = run(checkout.resolve("lamina"), jdk, List.of("x"));
    assertEquals(0, first.code(), first.err());
    assertTrue(first.err().startsWith("Building Lamina"), first.err());
    assertEquals("built\n", Files.readString(checkout.resolve(".build/app/lamina.jar")));
    assertEquals(new Outcome(0, second.out(), ""), second);
  }

  @Test
  void failedBuildShowsWhyAndWhere() throws Exception {
    Path jdk = jdk("jdk-25", "25.0.3");
    Files.writeString(
        checkout.resolve("mvnw"), "#!/bin/sh\necho '[ERROR] A.java:[1,1] no'\nexit 1\n");
    executable(checkout.resolve("mvnw"));
    Outcome outcome = run(checkout.resolve("lamina"), jdk, List.of("x"));
    assertEquals(1, outcome.code());
    assertEquals("", outcome.out());
    assertTrue(outcome.err().contains("[ERROR] A.java:[1,1] no\n"), outcome.err());
    assertTrue(
        outcome
            .err()
            .endsWith(
                "error: the build failed; all of it is in "
                    + checkout.toRealPath()
                    + "/.build/build.log\n"),
        outcome.err());
  }

  private String jar() throws IOException {
    return "<" + checkout.toRealPath() + "/.build/app/lamina.jar>";
  }

  private static String wrap(List<String> args) {
    return "<" + String.join("><", args) + ">";
  }

  /** A JDK as far as the launcher looks at it. */
  private Path jdk(String name, String version) throws IOException {
    Path jdk = folder.resolve(name);
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("release"), "A=\"1\"\nJAVA_VERSION=\"" + version + "\"\n");
    Files.writeString(
        jdk.resolve("bin/java"), "#!/bin/sh\nprintf '<%s>' " + jdk.getFileName() + " \"$@\"\n");
    Files.writeString(jdk.resolve("bin/javac"), "");
    executable(jdk.resolve("bin/java"));
    executable(jdk.resolve("bin/javac"));
    return jdk;
  }

  private void markBuilt(Path jdk) throws IOException {
    Path app = Files.createDirectories(checkout.resolve(".build/app"));
    Files.writeString(app.resolve("lamina.jar"), "");
    Files.writeString(app.resolve("built-for"), jdk + " " + checkout.toRealPath() + "\n");
    Files.writeString(app.resolve("stamp"), "");
    FileTime past = FileTime.from(Instant.now().minusSeconds(60));
    try (var files = Files.walk(checkout)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, past);
      }
    }
  }

  private static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Outcome run(Path script, Path jdk, List<String> args) throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(args);
    return start(command, Map.of("JAVA_HOME", jdk.toString()));
  }

  private Outcome start(List<String> command, Map<String, String> environment) throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("the launcher hangs");
    }
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
