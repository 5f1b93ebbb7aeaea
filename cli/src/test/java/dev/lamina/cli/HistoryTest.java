package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The history file of chats. */
@DisabledOnOs(OS.WINDOWS)
class HistoryTest {
  @TempDir private Path folder;

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  /** The file stays private when JLine changes it, also when old lines are dropped. */
  @Test
  void onlyTheUserCanReadIt() throws IOException {
    Path history = LineEditor.historyFile(Cli.console(), folder.toString(), folder);
    assertEquals(folder.resolve("lamina/history"), history);
    try (Terminal terminal =
        new DumbTerminal(new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream())) {
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .variable(LineReader.HISTORY_FILE, history)
              .variable(LineReader.HISTORY_FILE_SIZE, 4)
              .build();
      for (int i = 0; i < 10; i++) {
        reader.getHistory().add("secret " + i);
        assertEquals("rw-------", mode(history));
      }
    }
    assertTrue(Files.readAllLines(history).size() < 10, "it was trimmed");
    assertEquals("rwx------", mode(history.getParent()));
  }

  @Test
  void anOlderOneBecomesPrivate() throws IOException {
    Path old = Files.createDirectories(folder.resolve(".local/state/lamina")).resolve("history");
    Files.writeString(old, "0:secret\n");
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(old, LineEditor.historyFile(Cli.console(), "", folder));
    assertEquals("rw-------", mode(old));
    assertEquals("0:secret\n", Files.readString(old));
  }
}
