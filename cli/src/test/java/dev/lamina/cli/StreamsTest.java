package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Standard streams that fail: one line, or none where the reader has gone, and the code says so.
 */
class StreamsTest {
  /** A stream that the system refuses. */
  private static final class Failing extends OutputStream {
    private final String reason;

    Failing(String reason) {
      this.reason = reason;
    }

    @Override
    public void write(int b) throws IOException {
      throw new IOException(reason);
    }
  }

  private static final class Closed extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("Bad file descriptor");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return read();
    }
  }

  private record Outcome(int code, String err) {}

  private static Outcome run(InputStream in, OutputStream out, String line) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = CommandLines.run(Console.of(in, out, err), false, line.split(" "));
    List<String> lines =
        err.toString(StandardCharsets.UTF_8)
            .lines()
            .filter(l -> l.startsWith("error") || l.startsWith("\tat ") || l.contains("xception"))
            .toList();
    return new Outcome(code, String.join("\n", lines));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run -p x -n 4",
        "run -p x -n 4 --json",
        "chat -n 4",
        "tokenize -p x",
        "inspect",
        "inspect --full",
        "plan --device none",
        "devices",
        "bench -p 4 -n 0 -r 1",
        "doctor --device cpu --reference"
            + " ../engine-core/src/test/resources/dev/lamina/engine/demo-completions.json",
        "completion",
        "run --help",
        "--help",
        "--version"
      })
  void outputThatFails(String line) {
    for (String reason : List.of("No space left on device", "Bad file descriptor")) {
      Outcome outcome = run(words(), new Failing(reason), line);
      assertEquals("error: cannot write standard output: " + reason, outcome.err());
      assertEquals(ExitCodes.ERROR, outcome.code());
    }
    assertEquals(
        new Outcome(ExitCodes.BROKEN_PIPE, ""), run(words(), new Failing("Broken pipe"), line));
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "chat", "tokenize"})
  void closedInput(String line) {
    Outcome outcome = run(new Closed(), new ByteArrayOutputStream(), line);
    assertNotEquals(0, outcome.code());
    assertTrue(outcome.err().matches("error: .*"), outcome.err());
  }

  private static InputStream words() {
    return new ByteArrayInputStream("Hello\n".getBytes(StandardCharsets.UTF_8));
  }
}
