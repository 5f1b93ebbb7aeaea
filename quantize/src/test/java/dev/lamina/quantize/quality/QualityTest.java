package dev.lamina.quantize.quality;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QualityTest {
  private static final int VOCABULARY = 101;
  private static final Windows WINDOWS = Windows.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 4, -1);

  private static float[] logits(Random random) {
    float[] logits = new float[VOCABULARY];
    for (int i = 0; i < VOCABULARY; i++) {
      logits[i] = (float) (5 * random.nextGaussian());
    }
    return logits;
  }

  @Test
  void perplexityOfAGuessIsTheVocabulary() {
    Perplexity perplexity = new Perplexity();
    for (int i = 0; i < 20; i++) {
      perplexity.add(new float[VOCABULARY], 0, VOCABULARY, i);
    }
    assertEquals(VOCABULARY, perplexity.estimate().value(), 1e-9);
    assertEquals(0, perplexity.estimate().error(), 1e-6);
  }

  @Test
  void errorIsThatOfTheMean() {
    Perplexity perplexity = new Perplexity();
    for (int i = 0; i < 1000; i++) {
      perplexity.add(i % 2 == 0 ? -1 : -3);
    }
    assertEquals(Math.exp(2), perplexity.estimate().value(), 1e-9);
    assertEquals(Math.exp(2) / Math.sqrt(999), perplexity.estimate().error(), 1e-9);
  }

  @Test
  void windowsAreScoredInTheirSecondHalf() {
    assertEquals(2, WINDOWS.count());
    assertEquals(2, WINDOWS.first());
    assertEquals(1, WINDOWS.scored());
    assertEquals(8, WINDOWS.next(1, 2));
    assertEquals(1, Windows.of(new int[9], 4, 1).count());
    assertThrows(IllegalArgumentException.class, () -> Windows.of(new int[7], 4, -1));
  }

  @Test
  void divergenceIsThatOfTwoDistributions() {
    Divergence divergence = new Divergence();
    float[] expected = {(float) Math.log(0.25), (float) Math.log(0.75)};
    for (int i = 0; i < 3; i++) {
      divergence.add(new float[] {9, 7, 7}, 1, expected, 1);
    }
    double kld = 0.25 * Math.log(0.5) + 0.75 * Math.log(1.5);
    assertEquals(kld, divergence.mean().value(), 1e-6);
    assertEquals(kld, divergence.divergences().at(0.5), 1e-6);
    assertEquals(0.5 - 0.75, divergence.meanChange().value(), 1e-6);
    assertEquals(0.25, divergence.rmsChange().value(), 1e-6);
    assertEquals(0, divergence.sameTop().value());
    assertEquals(1.5, divergence.ratio().value(), 1e-6);
  }

  @Test
  void quantilesLieBetweenValues() {
    Quantiles quantiles = Quantiles.of(new float[] {3, 1, 2, 99}, 3);
    assertEquals(1, quantiles.at(0));
    assertEquals(2.5, quantiles.at(0.75));
    assertEquals(3, quantiles.at(1));
  }

  @Test
  void baseFileKeepsProbabilities(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("base");
    float[] logits = logits(new Random(3));
    try (BaseFile file = BaseFile.create(path, WINDOWS, VOCABULARY)) {
      file.add(logits, 0);
      file.add(new float[VOCABULARY], 0);
      assertFalse(Files.exists(path));
      file.finish();
    }
    // Header, tokens, and per position two floats and an even number of shorts.
    assertEquals(8 + 12 + 4 * 8 + 2 * (8 + 2 * (VOCABULARY + 1)), Files.size(path));
    try (BaseFile file = BaseFile.open(path)) {
      assertEquals(VOCABULARY, file.nVocab());
      assertArrayEquals(WINDOWS.tokens(), file.windows().tokens());
      float[] read = new float[VOCABULARY];
      file.next(read);
      double normalizer = LogProbabilities.normalizer(logits, 0, VOCABULARY);
      int top = LogProbabilities.argMax(logits, 0, VOCABULARY);
      for (int i = 0; i < VOCABULARY; i++) {
        double expected = Math.max(logits[i], logits[top] - 16) - normalizer;
        assertEquals(expected, read[i], 16.0 / 65535);
      }
      file.next(read);
      assertEquals(-Math.log(VOCABULARY), read[7], 1e-6);
      assertThrows(IOException.class, () -> file.next(read));
    }
  }

  @Test
  void exactFileKeepsAll(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("base");
    float[] logits = logits(new Random(3));
    logits[5] = -1000;
    try (BaseFile file = BaseFile.createExact(path, WINDOWS, VOCABULARY)) {
      file.add(logits, 0);
      file.finish();
    }
    try (BaseFile file = BaseFile.open(path)) {
      float[] read = new float[VOCABULARY];
      file.next(read);
      double normalizer = LogProbabilities.normalizer(logits, 0, VOCABULARY);
      for (int i = 0; i < VOCABULARY; i++) {
        assertEquals(logits[i] - normalizer, read[i], 1e-4);
      }
    }
  }

  @Test
  void unfinishedFileLeavesNothing(@TempDir Path folder) throws IOException {
    BaseFile.create(folder.resolve("base"), WINDOWS, VOCABULARY).close();
    try (var files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void refusesOtherFiles(@TempDir Path folder) throws IOException {
    Path path = Files.writeString(folder.resolve("text"), "not what it should be, but long enough");
    IOException e = assertThrows(IOException.class, () -> BaseFile.open(path));
    assertTrue(e.getMessage().contains("no file of log-probabilities"), e.getMessage());
  }
}
