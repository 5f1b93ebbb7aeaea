package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cli.LauncherSandbox.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Both launchers with a real JVM, in environments of users' shells, containers and batch systems.
 */
@EnabledOnOs(OS.LINUX)
class OddSurroundingsTest {
  @TempDir private Path folder;

  /** The launchers. */
  enum Launcher {
    CHECKOUT,
    BUNDLE;

    Path make(Path folder) throws Exception {
      LauncherSandbox sandbox = new LauncherSandbox(folder);
      return this == CHECKOUT ? sandbox.built(Echo.class) : sandbox.bundle(Echo.class);
    }
  }

  /**
   * The program: writes its arguments as UTF-8, then what standard input has or why it has none.
   */
  static final class Echo {
    private Echo() {}

    public static void main(String[] args) throws Exception {
      StringBuilder text = new StringBuilder();
      for (String arg : args) {
        text.append('<').append(arg).append('>');
      }
      System.out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      String input;
      try {
        input = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        input = e.getMessage();
      }
      System.out.write(input.getBytes(StandardCharsets.UTF_8));
      System.out.flush();
      System.exit(System.out.checkError() ? 3 : 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closedStreamsAreNotReplacedByFiles(Launcher launcher) throws Exception {
    Path script = launcher.make(folder);
    assertEquals(
        new Outcome(0, "<x>Bad file descriptor", ""), shell(script, "exec \"$0\" x <&-", Map.of()));
    assertEquals(new Outcome(3, "", ""), shell(script, "exec \"$0\" x >&-", Map.of()));
    assertEquals(new Outcome(0, "<x>", ""), shell(script, "exec \"$0\" x 2>&-", Map.of()));
    assertEquals(new Outcome(3, "", ""), shell(script, "exec \"$0\" x <&- >&- 2>&-", Map.of()));
  }

  @ParameterizedTest
  @EnumSource
  void environmentMayChooseTheCollector(Launcher launcher) throws Exception {
    Path script = launcher.make(folder);
    for (String collector : List.of("G1", "Parallel", "Serial", "Z")) {
      for (String name :
          List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "LAMINA_JAVA_OPTS")) {
        if (collector.equals("Z") && !name.equals("JAVA_TOOL_OPTIONS")) {
          continue;
        }
        String value = "-Xmx64m -XX:+Use" + collector + "GC";
        Outcome outcome = shell(script, "exec \"$0\" x", Map.of(name, value));
        assertEquals("<x>", outcome.out(), name + "=" + value + ": " + outcome.err());
        assertEquals(0, outcome.code());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void flagsAreNoPatterns(Launcher launcher) throws Exception {
    Path script = launcher.make(folder);
    Files.writeString(folder.resolve("-Dx=y"), "");
    Outcome outcome = shell(script, "exec \"$0\" '*'", Map.of("LAMINA_JAVA_OPTS", "-Dx=* -Da=*"));
    assertEquals(new Outcome(0, "<*>", ""), outcome);
  }

  @ParameterizedTest
  @EnumSource
  void runsInLittleAddressSpace(Launcher launcher) throws Exception {
    Path script = launcher.make(folder);
    for (int kibibytes : new int[] {900_000, 2_000_000, 4_000_000, 8_000_000}) {
      String line = "ulimit -v " + kibibytes + "; exec \"$0\" x";
      assertEquals(new Outcome(0, "<x>", ""), shell(script, line, Map.of()), line);
    }
    Outcome refused = shell(script, "ulimit -v 500000; exec \"$0\" x", Map.of());
    assertEquals(
        new Outcome(
            1,
            "",
            "error: the address space is limited to 488 MiB (ulimit -v); Lamina takes 768 MiB, and"
                + " the model's size besides\n"),
        refused);
  }

  @ParameterizedTest
  @CsvSource({
    "LC_ALL, C",
    "LC_ALL, POSIX",
    "LC_ALL, C.UTF-8",
    "LC_ALL, xx_YY.UTF-8",
    "LC_ALL, de_DE.ISO-8859-1",
    "LC_ALL, de_DE@euro",
    "LC_CTYPE, en_US.ISO-8859-15",
    "LC_CTYPE, xx_YY.utf8",
    "LANG, ja_JP.eucJP",
    "LANG, no such locale",
    "LANG, ''",
  })
  void lettersSurviveInEveryLocale(String name, String value) throws Exception {
    Path script = Launcher.CHECKOUT.make(folder);
    Path bundle = Launcher.BUNDLE.make(folder);
    String letters = HexFormat.of().formatHex("é ü 模 😀".getBytes(StandardCharsets.UTF_8));
    String octal = letters.replaceAll("..", "\\\\x$0");
    for (Path launcher : List.of(script, bundle)) {
      Outcome outcome =
          start(
              List.of("bash", "-c", "exec \"$0\" $'" + octal + "'", launcher.toString()),
              environment(Map.of(name, value)));
      assertEquals("<é ü 模 😀>", outcome.out(), outcome.err());
    }
  }

  @ParameterizedTest
  @EnumSource
  void worksWithHardlyAnyVariables(Launcher launcher) throws Exception {
    Path script = launcher.make(folder);
    String java = System.getProperty("java.home");
    for (String variables : List.of("", "PATH=", "PATH=/nonexistent", "HOME=/nonexistent")) {
      String line = "exec env -i JAVA_HOME='" + java + "' " + variables + " \"$0\" x";
      assertEquals(new Outcome(0, "<x>", ""), shell(script, line, Map.of()), line);
    }
  }

  @ParameterizedTest
  @EnumSource
  void worksWithACdpath(Launcher launcher) throws Exception {
    Path script = launcher.make(folder);
    String line =
        "cd \"$(dirname \"$0\")/..\"; exec \"$(basename \"$(dirname \"$0\")\")/lamina\" x";
    for (String path : List.of(".:/", "/", folder.toString())) {
      assertEquals(new Outcome(0, "<x>", ""), shell(script, line, Map.of("CDPATH", path)), path);
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysThatTheFolderIsGone(Launcher launcher) throws Exception {
    Path script = launcher.make(folder);
    String line = "mkdir gone && cd gone && rmdir ../gone && exec \"$0\" x";
    Outcome outcome = shell(script, line, Map.of());
    assertEquals(1, outcome.code());
    List<String> lines = outcome.err().lines().filter(l -> !l.contains("getcwd")).toList();
    assertEquals(
        List.of("error: the current folder does not exist any more; change to another one (cd)"),
        lines);
  }

  @ParameterizedTest
  @EnumSource
  void worksInAFolderWithAnOddName(Launcher launcher) throws Exception {
    Path script = launcher.make(folder);
    String line =
        """
        odd=$'-n \\xc3\\xa4 #%'
        mv -- "$(dirname "$0")" "./$odd" && cd -- "$odd" &&
          { [ ! -d .build ] || echo "$JAVA_HOME $(pwd -P)" >.build/app/built-for; } &&
          cd .. && PATH="./$odd:$PATH" && lamina -x
        """;
    assertEquals(
        new Outcome(0, "<-x>", ""),
        start(List.of("bash", "-c", line, script.toString()), environment(Map.of())));
  }

  /** With CDPATH, cd goes elsewhere and prints where. */
  @Test
  void noScriptListensToCdpath() throws Exception {
    Path project = Path.of("..");
    List<Path> scripts =
        new ArrayList<>(List.of(project.resolve("lamina"), project.resolve("mvnw")));
    for (String name : List.of("tools", "bench", ".ci")) {
      try (Stream<Path> files = Files.list(project.resolve(name))) {
        files.filter(Files::isRegularFile).forEach(scripts::add);
      }
    }
    for (Path script : scripts) {
      String text = Files.readString(script);
      if (text.startsWith("#!") && text.contains("cd ")) {
        assertTrue(text.contains("\nunset CDPATH"), script + " does not unset CDPATH");
      }
    }
  }

  private Outcome shell(Path script, String line, Map<String, String> environment)
      throws Exception {
    return start(List.of("sh", "-c", line, script.toString()), environment(environment));
  }

  private Outcome start(List<String> command, Map<String, String> environment) throws Exception {
    return new LauncherSandbox(folder).start(command, environment);
  }

  /** The environment of this test, without variables that would affect the launchers. */
  private static Map<String, String> environment(Map<String, String> changes) {
    Map<String, String> environment = new HashMap<>();
    for (String name :
        List.of(
            "LC_ALL",
            "LC_CTYPE",
            "LANG",
            "CDPATH",
            "JAVA_TOOL_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "_JAVA_OPTIONS",
            "LAMINA_JAVA_OPTS")) {
      environment.put(name, "");
    }
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.putAll(changes);
    return environment;
  }
}
