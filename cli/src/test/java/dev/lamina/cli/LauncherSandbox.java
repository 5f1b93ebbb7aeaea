package dev.lamina.cli;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/**
 * A checkout and a bundle, with the launchers of this project but without the programs that they
 * start.
 */
final class LauncherSandbox {
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

  private final Path folder;

  /**
   * @param folder of everything, and current folder of the started programs
   */
  LauncherSandbox(Path folder) {
    this.folder = folder;
  }

  /** The outcome of a script. */
  record Outcome(int code, String out, String err) {}

  /** A checkout that is not built. */
  Path checkout() throws IOException {
    Path checkout = folder.resolve("a checkout");
    Files.createDirectories(checkout.resolve("tools"));
    Files.createDirectories(checkout.resolve("cli/src/main/java"));
    Files.writeString(checkout.resolve("pom.xml"), "<project/>");
    for (String script :
        List.of("lamina", "tools/launcher.sh", "tools/start.sh", "tools/build.sh")) {
      Files.copy(PROJECT.resolve(script), checkout.resolve(script));
    }
    return checkout;
  }

  /** A bundle whose runtime is the JVM of this test. */
  Path bundle(Class<?> main) throws IOException {
    Path bundle = Files.createDirectories(folder.resolve("a bundle"));
    Files.copy(PROJECT.resolve("tools/bundle-launcher.sh"), bundle.resolve("lamina"));
    Files.copy(PROJECT.resolve("tools/start.sh"), bundle.resolve("start.sh"));
    Files.copy(PROJECT.resolve("tools/jvm.options"), bundle.resolve("jvm.options"));
    Files.copy(PROJECT.resolve("tools/vector.options"), bundle.resolve("vector.options"));
    Files.createSymbolicLink(bundle.resolve("runtime"), Path.of(System.getProperty("java.home")));
    jar(Files.createDirectories(bundle.resolve("app")).resolve("lamina.jar"), main);
    return bundle.resolve("lamina");
  }

  /** A checkout that is built for the JVM of this test. */
  Path built(Class<?> main) throws IOException {
    Path checkout = checkout();
    for (String options : List.of("tools/jvm.options", "tools/vector.options")) {
      Files.copy(PROJECT.resolve(options), checkout.resolve(options));
    }
    Path jdk = Path.of(System.getProperty("java.home"));
    markBuilt(checkout, jdk);
    jar(checkout.resolve(".build/app/lamina.jar"), main);
    setOld(checkout);
    return checkout.resolve("lamina");
  }

  /** A checkout that is built, and starts Lamina's classes from the class path of this test. */
  Path lamina() throws IOException {
    Path launcher = built(Lamina.class);
    Path app = launcher.resolveSibling(".build/app");
    jar(app.resolve("lamina.jar"), _ -> true);
    return launcher;
  }

  /**
   * A jar that starts Lamina's classes from the class path of this test.
   *
   * @param entries of the class path that are kept
   */
  Path jar(Path file, Predicate<String> entries) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, Lamina.class.getName());
    attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
    attributes.putValue("Add-Exports", "java.base/jdk.internal.module");
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    attributes.put(
        Attributes.Name.CLASS_PATH,
        Arrays.stream(classes.split(File.pathSeparator))
            .filter(entries)
            .map(path -> Path.of(path).toUri().toString())
            .collect(Collectors.joining(" ")));
    try (OutputStream out = Files.newOutputStream(file)) {
      new JarOutputStream(out, manifest).close();
    }
    return file;
  }

  /** Makes a checkout look as if it had been built for a JDK. */
  static void markBuilt(Path checkout, Path jdk) throws IOException {
    Path app = Files.createDirectories(checkout.resolve(".build/app"));
    Files.writeString(app.resolve("lamina.jar"), "");
    Files.writeString(app.resolve("built-for"), jdk + " " + checkout.toRealPath() + "\n");
    Files.writeString(app.resolve("stamp"), "");
    setOld(checkout);
  }

  static void setOld(Path folder) throws IOException {
    FileTime past = FileTime.from(Instant.now().minusSeconds(60));
    try (var files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, past);
      }
    }
  }

  /** A fake JDK with the files that the launcher reads; its java prints its arguments. */
  Path jdk(String name, String version) throws IOException {
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

  static void executable(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A jar that starts this class of the tests. */
  private static void jar(Path file, Class<?> main) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main.getName());
    String entry = main.getName().replace('.', '/') + ".class";
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest);
        InputStream in = main.getClassLoader().getResourceAsStream(entry)) {
      jar.putNextEntry(new JarEntry(entry));
      in.transferTo(jar);
    }
  }

  /** Runs a command; a variable without a value is removed. */
  Outcome start(List<String> command, Map<String, String> environment) throws Exception {
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    environment.forEach((name, value) -> {
      if (value.isEmpty()) {
        builder.environment().remove(name);
      } else {
        builder.environment().put(name, value);
      }
    });
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
