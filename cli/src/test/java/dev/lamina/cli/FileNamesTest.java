package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.TypeConversionException;

/** Files whose names are Latin-1, made by a shell. */
@EnabledOnOs(OS.LINUX)
class FileNamesTest {
  private static final Path DEMO =
      Path.of("src/main/resources/dev/lamina/cli/demo/shakespeare-5m-Q4_K_M.gguf");

  @TempDir private Path folder;

  @Test
  void findsNamesThatAreNotUtf8() throws Exception {
    shell("mkdir $'gr\\xf6\\xdfe'; echo here >$'gr\\xf6\\xdfe/caf\\xe9.gguf'; echo there >plain");
    String typed = folder + "/gr\uFFFD\uFFFDe/caf\uFFFD.gguf";
    assertEquals("here\n", Files.readString(FileNames.path(typed)));
    assertEquals("there\n", Files.readString(FileNames.path(folder + "/gr\uFFFD\uFFFDe/../plain")));
    assertEquals(folder.resolve("plain"), FileNames.path(folder + "/plain"));
    assertEquals(folder.resolve("new"), FileNames.path(folder + "/new"));
  }

  @Test
  void refusesNamesThatAreLost() throws Exception {
    shell("touch $'a\\xe9' $'a\\xe8'");
    assertEquals(
        "the name a\uFFFD is not UTF-8, and several files read like it; use a name in UTF-8",
        message(folder + "/a\uFFFD"));
    assertEquals(
        "the name b\uFFFD is not UTF-8, and no file has it; use a name in UTF-8",
        message(folder + "/b\uFFFD"));
  }

  @Test
  void commandsTakeThem() throws Exception {
    assumeTrue(
        "UTF-8".equals(System.getProperty("sun.jnu.encoding")), "needs names that are UTF-8");
    shell("cp \"$1\" $'caf\\xe9.gguf'", DEMO.toAbsolutePath().toString());
    Cli.Outcome inspect = Cli.run("inspect", "-m", folder + "/caf\uFFFD.gguf");
    assertEquals(0, inspect.code(), inspect.err());
    Cli.Outcome quantize =
        Cli.run("quantize", folder + "/caf\uFFFD.gguf", folder + "/out\uFFFD.gguf", "Q8_0");
    assertTrue(quantize.err().contains("is not UTF-8, and no file has it"), quantize.err());
    assertEquals(ExitCodes.USAGE, quantize.code());
  }

  private static String message(String name) {
    return assertThrows(TypeConversionException.class, () -> FileNames.path(name)).getMessage();
  }

  private void shell(String line, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("bash", "-c", line, "bash"));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start();
    assertEquals(0, process.waitFor());
  }
}
