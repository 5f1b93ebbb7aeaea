package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cli.LauncherSandbox.Outcome;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The shell launcher in its own checkout, with fake JDKs that print their arguments. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir private Path folder;
  private Path checkout;

  private LauncherSandbox sandbox;

  @BeforeEach
  void makeCheckout() throws IOException {
    sandbox = new LauncherSandbox(folder);
    checkout = sandbox.checkout();
  }

  @Test
  void argumentsArriveExactly() throws Exception {
    Path jdk = sandbox.jdk("jdk-25", "25.0.3");
    LauncherSandbox.markBuilt(checkout, jdk);
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

  /** Only commands that run models work without the jars in the folder tools. */
  @Test
  void otherCommandsGetMoreJars() throws Exception {
    Path jdk = sandbox.jdk("jdk-25", "25.0.3");
    LauncherSandbox.markBuilt(checkout, jdk);
    Files.createDirectories(checkout.resolve(".build/app/tools"));
    for (String few : List.of("run", "chat", "tokenize", "inspect", "plan", "devices", "doctor")) {
      Outcome outcome = run(checkout.resolve("lamina"), jdk, List.of(few, "bench"));
      assertTrue(outcome.out().endsWith("<-jar>" + jar() + wrap(List.of(few, "bench"))), few);
    }
    String jars = jar().replaceFirst("(.*)/lamina.jar>$", "$0:$1/tools/*>").replace(">:<", ":");
    for (List<String> args :
        List.of(
            List.<String>of(),
            List.of("help", "run"),
            List.of("bench"),
            List.of("-v", "run"),
            List.of("run", "--completion-bash"))) {
      Outcome outcome = run(checkout.resolve("lamina"), jdk, args);
      String end = "<-cp>" + jars + "<dev.lamina.cli.Lamina>" + (args.isEmpty() ? "" : wrap(args));
      assertTrue(outcome.out().endsWith(end), () -> outcome.out() + "\n" + end);
    }
  }

  /** The JVM itself would run the classes that a jar had when the cache was made. */
  @Test
  void cacheOfClassesServesTheJarsThatItWasMadeFrom() throws Exception {
    Path jdk = sandbox.jdk("jdk-25", "25.0.3");
    LauncherSandbox.markBuilt(checkout, jdk);
    Path app = checkout.resolve(".build/app");
    List<String> version = List.of("--version");
    assertFalse(run(checkout.resolve("lamina"), jdk, version).out().contains("AOTCache"));
    Path jar = Files.writeString(app.resolve("engine.jar"), "");
    Path cache = Files.writeString(app.resolve("lamina.aot"), "");
    LauncherSandbox.setOld(checkout);
    String flag = "<-XX:AOTCache=" + cache.toRealPath() + ">";
    assertTrue(run(checkout.resolve("lamina"), jdk, version).out().contains(flag));
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minusSeconds(30)));
    assertFalse(run(checkout.resolve("lamina"), jdk, version).out().contains("AOTCache"));
  }

  @Test
  void optimizerServesWhatIsNotMachineCode() throws Exception {
    assumeTrue(hasAvx2(), "no AVX2 here");
    Path jdk = sandbox.jdk("jdk-25", "25.0.3");
    LauncherSandbox.markBuilt(checkout, jdk);
    String flag = "<-XX:TieredStopAtLevel=1>";
    String vectors = "vector.options>";
    for (String command : List.of("run", "chat", "bench", "quantize")) {
      String out = run(checkout.resolve("lamina"), jdk, List.of(command)).out();
      assertEquals(List.of("run", "chat").contains(command), out.contains(flag), out);
      assertFalse(out.contains(vectors), out);
    }
    for (List<String> args :
        List.of(
            List.of("doctor"),
            List.of("run", "--cpu-kernels", "vector"),
            List.of("run", "--cpu-kernels=vector"),
            List.of("bench", "--cpu-kernels", "amx,vector"))) {
      String out = run(checkout.resolve("lamina"), jdk, args).out();
      assertFalse(out.contains(flag), out);
      assertTrue(out.contains(vectors), out);
    }
  }

  private static boolean hasAvx2() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    return Files.exists(info) && Files.readString(info).contains(" avx2 ");
  }

  @Test
  void worksThroughLinksAndFromElsewhere() throws Exception {
    Path jdk = sandbox.jdk("jdk-25", "25.0.3");
    LauncherSandbox.markBuilt(checkout, jdk);
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
    Path jdk = sandbox.jdk("jdk-25", "25.0.3");
    LauncherSandbox.markBuilt(checkout, jdk);
    Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\nexit 42\n");
    assertEquals(42, run(checkout.resolve("lamina"), jdk, List.of()).code());
  }

  @Test
  void oldJavaHomeGivesWayToTheJavaOnThePath() throws Exception {
    Path old = sandbox.jdk("jdk-17", "17.0.15");
    Path current = sandbox.jdk("jdk-25", "25.0.3");
    LauncherSandbox.markBuilt(checkout, current);
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("java"), current.resolve("bin/java"));
    Outcome outcome =
        sandbox.start(
            List.of(checkout.resolve("lamina").toString(), "x"),
            Map.of("JAVA_HOME", old.toString(), "PATH", bin + ":" + System.getenv("PATH")));
    assertEquals(0, outcome.code(), outcome.err());
    assertTrue(outcome.out().startsWith("<jdk-25>"), outcome.out());
  }

  @Test
  void oldestJdkThatFitsIsTaken() throws Exception {
    Path jdks = folder.resolve("home/.jdks");
    sandbox.jdk("home/.jdks/a", "27-ea");
    sandbox.jdk("home/.jdks/b", "17.0.1");
    sandbox.jdk("home/.jdks/c", "25.0.1");
    String script = ". \"$1/tools/launcher.sh\"; jdk_search \"$2\"/*; echo \"$jdk_best\"";
    Outcome outcome =
        sandbox.start(
            List.of("sh", "-c", script, "sh", checkout.toString(), jdks.toString()), Map.of());
    assertEquals(jdks.resolve("c") + "\n", outcome.out(), outcome.err());
  }

  @Test
  void changedSourcesAreBuiltAnew() throws Exception {
    Path jdk = sandbox.jdk("jdk-25", "25.0.3");
    LauncherSandbox.markBuilt(checkout, jdk);
    Files.writeString(
        checkout.resolve("mvnw"),
        """
        #!/bin/sh
        mkdir -p "$(dirname "$0")/cli/target/app"
        echo built >"$(dirname "$0")/cli/target/app/lamina.jar"
        """);
    LauncherSandbox.executable(checkout.resolve("mvnw"));
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
    Path jdk = sandbox.jdk("jdk-25", "25.0.3");
    Files.writeString(
        checkout.resolve("mvnw"), "#!/bin/sh\necho '[ERROR] A.java:[1,1] no'\nexit 1\n");
    LauncherSandbox.executable(checkout.resolve("mvnw"));
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

  private Outcome run(Path script, Path jdk, List<String> args) throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(args);
    return sandbox.start(command, Map.of("JAVA_HOME", jdk.toString()));
  }
}
