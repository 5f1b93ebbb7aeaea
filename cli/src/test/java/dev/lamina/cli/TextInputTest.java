package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextInputTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = true,
      value = {
        "a\\nb         | 61 a 62",
        "a\\tb\\r      | 61 9 62 d",
        "\\'\\\"\\\\   | 27 22 5c",
        "\\x41\\x7e    | 41 7e",
        "\\xg1         | 5c 78 67 31",
        "\\x4          | 5c 78 34",
        "\\q           | 5c 71",
        "end\\         | 65 6e 64 5c",
        "é\\n😀        | e9 a 1f600"
      })
  void escapesAreReadAsLlamaCppReadsThem(String text, String expected) {
    StringBuilder codePoints = new StringBuilder();
    TextInput.unescape(text)
        .codePoints()
        .forEach(c -> codePoints.append(Integer.toHexString(c)).append(' '));
    assertEquals(expected, codePoints.toString().strip());
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      delimiter = '|',
      value = {
        "UTF-8|no|the man^|the man",
        "UTF-8|yes|the man^|the man",
        "UTF-8|yes|the man^^|the man^",
        "UTF-8|yes|the man~^|the man",
        "UTF-16LE|yes|thé 😀~^|thé 😀",
        "UTF-16BE|yes|thé 😀^|thé 😀",
        "UTF-8|no|the man|the man"
      })
  void promptFilesAreReadInOneWay(
      String charset, String mark, String text, String expected, @TempDir Path folder)
      throws IOException {
    String content = text.replace('^', '\n').replace('~', '\r');
    String marked = mark.equals("yes") ? "\uFEFF" + content : content;
    Path file = Files.write(folder.resolve("p.txt"), marked.getBytes(Charset.forName(charset)));
    String wanted = expected.replace('^', '\n');
    assertEquals(wanted, TextInput.readPrompt(file));
    // The same text from a pipe, and as a message of a chat.
    Console console =
        Console.of(
            Files.newInputStream(file),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream());
    assertEquals(TextInput.readFile(file), console.readAll());
    Console again =
        Console.of(
            Files.newInputStream(file),
            OutputStream.nullOutputStream(),
            OutputStream.nullOutputStream());
    assertEquals(wanted.strip(), new PipedInput(again, false).next().strip());
  }

  @Test
  void malformedBytesBecomeReplacementCharacters() {
    assertEquals("a\uFFFDb", TextInput.decode(new byte[] {'a', (byte) 0xff, 'b'}));
    assertEquals("", TextInput.decode(new byte[0]));
    assertEquals("a", TextInput.decode(new byte[] {'a'}));
  }
}
