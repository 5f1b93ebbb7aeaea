package dev.lamina.gguf.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PendingFilesTest {
  @TempDir private Path folder;

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String refusal(Path target, Path... inputs) {
    OutputException e =
        assertThrows(OutputException.class, () -> PendingFiles.check(target, List.of(inputs)));
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    return e.getMessage();
  }

  private static void assertContains(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void filesAppearTogetherAndWhole() throws IOException {
    Path a = Files.writeString(folder.resolve("a"), "old");
    Path b = folder.resolve("b");
    try (PendingFiles files = new PendingFiles()) {
      files.add(a, PendingFiles.bytes("new a"));
      try (WritableByteChannel channel = files.open(b)) {
        channel.write(ByteBuffer.wrap(new byte[] {'b'}));
      }
      assertEquals("old", Files.readString(a));
      assertFalse(Files.exists(b));
      files.commit();
    }
    assertEquals(List.of("a", "b"), files());
    assertEquals("new a", Files.readString(a));
    assertEquals("b", Files.readString(b));
  }

  @Test
  void nothingIsLeftOfWhatIsNotCommitted() throws IOException {
    Path a = Files.writeString(folder.resolve("a"), "old");
    try (PendingFiles files = new PendingFiles()) {
      files.add(a, PendingFiles.bytes("new"));
      files.open(folder.resolve("b")).write(ByteBuffer.allocate(10));
    }
    OutputException e =
        assertThrows(
            OutputException.class,
            () ->
                PendingFiles.write(
                    a,
                    channel -> {
                      channel.write(ByteBuffer.allocate(10));
                      throw new IOException("No space left on device");
                    }));
    assertEquals(
        "cannot write " + a + ": No space left on device; free some space, or name another folder",
        e.getMessage());
    assertEquals(List.of("a"), files());
    assertEquals("old", Files.readString(a));
  }

  /** One of several cannot take its name: all the others are as before. */
  @Test
  void failedCommitRestoresAll() throws IOException {
    Path a = Files.writeString(folder.resolve("a"), "old a");
    Path b = folder.resolve("b");
    Path c = folder.resolve("c");
    try (PendingFiles files = new PendingFiles()) {
      for (Path target : List.of(a, b, c)) {
        files.add(target, PendingFiles.bytes("new"));
      }
      Files.createDirectories(c.resolve("full")); // came meanwhile
      Files.delete(
          folder.resolve(
              files().stream().filter(f -> f.startsWith(".c")).findFirst().orElseThrow()));
      assertThrows(OutputException.class, files::commit);
    }
    assertEquals("old a", Files.readString(a));
    assertEquals(List.of("a", "c"), files());
  }

  @Test
  void inputsAreRefusedByWhateverName() throws IOException {
    Path input = Files.writeString(folder.resolve("model"), "weights");
    Path soft = Files.createSymbolicLink(folder.resolve("soft"), Path.of("model"));
    Path chain = Files.createSymbolicLink(folder.resolve("chain"), soft);
    Path hard = Files.createLink(folder.resolve("hard"), input);
    Path dotted = folder.resolve("./x/../model");
    Files.createDirectory(folder.resolve("x"));
    for (Path target : List.of(input, soft, chain, hard, dotted)) {
      assertContains(refusal(target, input), target + " is the file that is read");
      assertContains(refusal(input, target), input + " is the file that is read");
    }
    Path absent = folder.resolve("absent");
    assertContains(refusal(absent, folder.resolve("x/../absent")), "is the file that is read");
    PendingFiles.check(absent, List.of(input));
    PendingFiles.check(soft, List.of(absent));
    assertEquals(List.of("chain", "hard", "model", "soft", "x"), files());
  }

  @Test
  void impossibleTargetsAreRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertContains(refusal(folder), folder + "' is a folder");
    assertContains(refusal(Path.of("")), "'' is a folder");
    assertContains(refusal(folder.resolve("no/x")), "there is no folder " + folder.resolve("no"));
    assertContains(refusal(file.resolve("x")), "cannot write " + file.resolve("x"));
    assertContains(refusal(folder.resolve("x".repeat(300))), "cannot write ", "xxx");
    Path loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    assertContains(refusal(loop), "link that leads nowhere");
    Path dangling = folder.resolve("dangling");
    Files.createSymbolicLink(dangling, folder.resolve("no/x"));
    assertContains(refusal(dangling), "there is no folder " + folder.resolve("no"));
    assertEquals(List.of("dangling", "file", "loop"), files());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void protectedTargetsAreRefused() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Path readOnly = Files.writeString(folder.resolve("read-only"), "old");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
    Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r--r--r--"));
    assumeTrue(!Files.isWritable(closed), "a superuser may write anywhere");
    assertContains(refusal(closed.resolve("x")), "permission denied");
    assertContains(refusal(readOnly), "permission denied");
  }

  @Test
  void longAndForeignNamesAreWritten() throws IOException {
    // 250 bytes, of the 255 that file systems allow.
    for (String name : List.of("x".repeat(250), "%-50s".formatted("a b"), "-o", "a'b")) {
      Path target = folder.resolve(name);
      PendingFiles.check(target, List.of());
      PendingFiles.write(target, "text");
      assertEquals("text", Files.readString(target));
      Files.delete(target);
    }
    assertEquals(List.of(), files());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void modeOfAReplacedFileIsKept() throws IOException {
    for (String mode : List.of("rw-------", "rw-r--r--", "rwxrwxr-x", "rw-rw-rw-")) {
      Path file = Files.writeString(folder.resolve(mode), "old");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      PendingFiles.write(file, "new");
      assertEquals("new", Files.readString(file));
      assertEquals(mode, PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }
    // A new one has the mode that other programs give.
    Path usual = Files.writeString(folder.resolve("usual"), "");
    Path made = folder.resolve("made");
    PendingFiles.write(made, "");
    assertEquals(Files.getPosixFilePermissions(usual), Files.getPosixFilePermissions(made));
  }

  @Test
  void linksStayAndTheirTargetsAreReplaced() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path target = Files.writeString(other.resolve("target"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("other/target"));
    Path chain = Files.createSymbolicLink(folder.resolve("chain"), Path.of("link"));
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), other.resolve("new"));
    PendingFiles.write(chain, "by links");
    PendingFiles.write(dangling, "too");
    assertTrue(Files.isSymbolicLink(link) && Files.isSymbolicLink(chain));
    assertTrue(Files.isSymbolicLink(dangling));
    assertEquals("by links", Files.readString(target));
    assertEquals("too", Files.readString(other.resolve("new")));
    assertEquals(List.of("chain", "dangling", "link", "other"), files());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void devicesAreWrittenToAndStay() throws Exception {
    Path nothing = Files.createSymbolicLink(folder.resolve("null"), Path.of("/dev/null"));
    for (Path device : List.of(nothing, Path.of("/dev/null"))) {
      PendingFiles.check(device, List.of(device));
      PendingFiles.write(device, "text");
      assertTrue(PendingFiles.isDevice(device));
    }
    Path pipe = folder.resolve("pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0);
    PendingFiles.check(pipe, List.of());
    CompletableFuture<String> read =
        CompletableFuture.supplyAsync(() -> {
          try {
            return Files.readString(pipe);
          } catch (IOException e) {
            return e.toString();
          }
        });
    PendingFiles.write(pipe, "through the pipe");
    assertEquals("through the pipe", read.get(10, TimeUnit.SECONDS));
    assertEquals(List.of("null", "pipe"), files());
    Path full = Path.of("/dev/full");
    if (Files.exists(full)) {
      OutputException e =
          assertThrows(OutputException.class, () -> PendingFiles.write(full, "text"));
      assertContains(e.getMessage(), "cannot write /dev/full: ", "free some space");
    }
  }

  @Test
  void temporaryFilesAndFoldersGo() throws IOException {
    Path inside;
    try (Temporary file = Temporary.file(folder, "x-", ".tmp");
        Temporary made = Temporary.folder("lamina-test-")) {
      assertTrue(Files.isRegularFile(file.path()));
      inside = Files.writeString(made.path().resolve("y"), "");
    }
    assertEquals(List.of(), files());
    assertFalse(Files.exists(inside.getParent()));
  }

  @Test
  void logsGrowUnderTheirNames() throws IOException {
    Path log = Files.writeString(folder.resolve("log"), "old");
    assertThrows(OutputException.class, () -> LogFile.open(log, List.of(log)));
    assertEquals("old", Files.readString(log));
    try (OutputStream out = LogFile.open(log, List.of(folder.resolve("model")))) {
      out.write('x');
      assertEquals("x", Files.readString(log));
    }
    assertThrows(OutputException.class, () -> LogFile.open(folder, List.of()));
  }

  @Test
  void aKeptTemporaryFileStays() throws IOException {
    try (Temporary file = Temporary.file(folder, "x", ".log")) {
      PendingFiles.write(file.path(), "text");
      file.keep();
    }
    assertEquals(1, files().size());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void privateFilesAreForTheUserAlone() throws IOException {
    Path file = folder.resolve("a/b/private");
    PrivateFiles.create(file);
    assertEquals("rw-------", mode(file));
    assertEquals("rwx------", mode(file.getParent()));
    Files.writeString(file, "kept");
    for (String wide : List.of("rw-r--r--", "rwxrwxrwx", "r--r-----")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(wide));
      Files.setPosixFilePermissions(file.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
      PrivateFiles.create(file);
      assertEquals(wide.substring(0, 2) + "-------", mode(file));
      assertEquals("rwx------", mode(file.getParent()));
      assertEquals("kept", Files.readString(file));
    }
    // Users who want no history link the file to /dev/null, which everyone may write.
    String before = mode(Path.of("/dev/null"));
    Path nothing = Files.createSymbolicLink(folder.resolve("a/null"), Path.of("/dev/null"));
    PrivateFiles.create(nothing);
    assertEquals(before, mode(nothing));
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
