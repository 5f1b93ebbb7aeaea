package dev.lamina.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina perplexity} on the embedded model. */
class PerplexityTest {
  private static final String TEXT =
      "To be, or not to be, that is the question: whether 'tis nobler in the mind to suffer. "
          .repeat(8);

  @Test
  void comparesAModelWithItself(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("text"), TEXT);
    String base = folder.resolve("base").toString();
    Cli.Outcome written =
        Cli.run("perplexity", "-f", text.toString(), "-c", "64", "--kl-divergence-base", base);
    assertEquals(0, written.code(), written.err());
    assertTrue(written.out().contains("Final estimate: PPL = "), written.out());
    Cli.Outcome compared =
        Cli.run("perplexity", "-c", "64", "--kl-divergence-base", base, "--kl-divergence");
    assertEquals(0, compared.code(), compared.err());
    // What the file's 16 bits leave.
    assertTrue(compared.out().contains("Mean    KLD                  :   0.0000"), compared.out());
    assertTrue(compared.out().contains("Same top p: 100.000"), compared.out());
  }

  @Test
  void saysWhatIsMissing(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("text"), TEXT);
    String path = text.toString();
    oneLine("give a longer text", "-f", path, "-c", "256");
    oneLine("--chunks is 0", "-f", path, "--chunks", "0");
    oneLine("needs --kl-divergence-base", "--kl-divergence");
    oneLine("there is no such file", "--kl-divergence", "--kl-divergence-base", path + "x");
    oneLine("no file of log-probabilities", "--kl-divergence", "--kl-divergence-base", path);
  }

  private static void oneLine(String message, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "perplexity";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    Cli.Outcome outcome = Cli.run(all);
    assertNotEquals(0, outcome.code());
    assertTrue(outcome.err().contains(message), outcome.err());
  }
}
