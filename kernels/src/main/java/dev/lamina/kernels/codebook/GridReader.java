package dev.lamina.kernels.codebook;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Reads a grid: decimal numbers between white space, one entry a line. */
final class GridReader {
  private final byte[] text;
  private int at;

  private GridReader(byte[] text) {
    this.text = text;
  }

  /** Entries of eight values. */
  static long[] octets(String resource, int nEntries) {
    GridReader reader = new GridReader(load(resource));
    long[] grid = new long[nEntries];
    for (int i = 0; i < nEntries; i++) {
      for (int j = 0; j < 8; j++) {
        grid[i] |= (reader.next(resource) & 0xffL) << 8 * j;
      }
    }
    reader.expectEnd(resource);
    return grid;
  }

  /** Entries of four values. */
  static int[] quartets(String resource, int nEntries) {
    GridReader reader = new GridReader(load(resource));
    int[] grid = new int[nEntries];
    for (int i = 0; i < nEntries; i++) {
      for (int j = 0; j < 4; j++) {
        grid[i] |= (reader.next(resource) & 0xff) << 8 * j;
      }
    }
    reader.expectEnd(resource);
    return grid;
  }

  private static byte[] load(String resource) {
    try (InputStream in = GridReader.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("codebook " + resource + " is not on the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read codebook " + resource, e);
    }
  }

  private int next(String resource) {
    skipSpace();
    boolean negative = at < text.length && text[at] == '-';
    if (negative) {
      at++;
    }
    int start = at;
    int value = 0;
    while (at < text.length && text[at] >= '0' && text[at] <= '9') {
      value = 10 * value + text[at++] - '0';
    }
    if (at == start) {
      throw new IllegalStateException("codebook " + resource + ": no number at byte " + at);
    }
    return negative ? -value : value;
  }

  private void expectEnd(String resource) {
    skipSpace();
    if (at != text.length) {
      throw new IllegalStateException("codebook " + resource + ": more entries than expected");
    }
  }

  private void skipSpace() {
    while (at < text.length && text[at] <= ' ') {
      at++;
    }
  }
}
