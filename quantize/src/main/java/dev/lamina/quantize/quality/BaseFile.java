package dev.lamina.quantize.quality;

import dev.lamina.gguf.output.PendingFiles;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Log-probabilities of a model at all scored positions of a text, in llama.cpp's file: "_logits_",
 * then as 32-bit integers tokens of a window, of the vocabulary, number of windows and the tokens;
 * then for each position two floats, step and least value, and a 16-bit number of steps for each
 * token of the vocabulary, filled up to an even number of them.
 *
 * <p>That layout makes all tokens far below the likeliest one equally likely, which alone is a
 * divergence of some 1e-5. An exact file, of our own, begins with "_lamina_" and has a float for
 * each token.
 */
public final class BaseFile implements AutoCloseable {
  private static final byte[] MAGIC = "_logits_".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EXACT_MAGIC = "_lamina_".getBytes(StandardCharsets.US_ASCII);
  private static final int STEPS = 65535;

  /** Tokens that are less likely than the likeliest by this much (natural) are all stored alike. */
  private static final float RANGE = 16;

  private final Path path;

  /** Both null for a file that is read. */
  private final PendingFiles pending;

  private final WritableByteChannel out;

  /** Null for a file that is written. */
  private final FileChannel in;

  private final Windows windows;
  private final int nVocab;
  private final boolean exact;
  private final ByteBuffer row;

  private BaseFile(
      Path path,
      PendingFiles pending,
      WritableByteChannel out,
      FileChannel in,
      Windows windows,
      int nVocab,
      boolean exact) {
    this.path = path;
    this.pending = pending;
    this.out = out;
    this.in = in;
    this.windows = windows;
    this.nVocab = nVocab;
    this.exact = exact;
    int bytes = exact ? 4 * nVocab : 8 + 2 * Math.ceilDiv(nVocab, 2) * 2;
    this.row = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Begins a file, which appears under its name when {@link #finish} is called. */
  public static BaseFile create(Path path, Windows windows, int nVocab) throws IOException {
    return create(path, windows, nVocab, false);
  }

  /** The same with an exact file, of which llama.cpp knows nothing. */
  public static BaseFile createExact(Path path, Windows windows, int nVocab) throws IOException {
    return create(path, windows, nVocab, true);
  }

  private static BaseFile create(Path path, Windows windows, int nVocab, boolean exact)
      throws IOException {
    PendingFiles pending = new PendingFiles();
    try {
      BaseFile file = new BaseFile(path, pending, pending.open(path), null, windows, nVocab, exact);
      ByteBuffer header =
          ByteBuffer.allocate(20 + 4 * windows.tokens().length).order(ByteOrder.LITTLE_ENDIAN);
      header
          .put(exact ? EXACT_MAGIC : MAGIC)
          .putInt(windows.size())
          .putInt(nVocab)
          .putInt(windows.count());
      header.asIntBuffer().put(windows.tokens());
      file.write(header.clear());
      return file;
    } catch (IOException e) {
      pending.close();
      throw e;
    }
  }

  /**
   * Opens a file.
   *
   * @throws IOException with a message for the user also if it is not such a file
   */
  public static BaseFile open(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    try {
      ByteBuffer head = read(path, channel, 20);
      byte[] magic = new byte[MAGIC.length];
      head.get(magic);
      int size = head.getInt();
      int nVocab = head.getInt();
      int count = head.getInt();
      long tokens = (long) size * count;
      boolean exact = Arrays.equals(magic, EXACT_MAGIC);
      if (!exact && !Arrays.equals(magic, MAGIC)
          || size < 4
          || nVocab < 1
          || count < 1
          || nVocab > channel.size()
          || tokens > (channel.size() - 20) / 4) {
        throw new IOException(path + " is no file of log-probabilities of a perplexity run");
      }
      int[] ids = new int[(int) tokens];
      read(path, channel, 4 * ids.length).asIntBuffer().get(ids);
      checkIds(path, ids, nVocab);
      return new BaseFile(path, null, null, channel, new Windows(ids, size, count), nVocab, exact);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void checkIds(Path path, int[] ids, int nVocab) throws IOException {
    for (int id : ids) {
      if (id < 0 || id >= nVocab) {
        throw new IOException(
            path
                + " is damaged: it has token "
                + id
                + " of a vocabulary of "
                + nVocab
                + "; make it anew");
      }
    }
  }

  public Windows windows() {
    return windows;
  }

  public int nVocab() {
    return nVocab;
  }

  /** Adds the next position. */
  public void add(float[] logits, int offset) throws IOException {
    double normalizer = LogProbabilities.normalizer(logits, offset, nVocab);
    if (exact) {
      row.clear();
      for (int i = 0; i < nVocab; i++) {
        row.putFloat((float) (logits[offset + i] - normalizer));
      }
      write(row.flip());
      return;
    }
    float most = logits[offset + LogProbabilities.argMax(logits, offset, nVocab)];
    float least = most;
    for (int i = 0; i < nVocab; i++) {
      least = Math.min(least, logits[offset + i]);
    }
    least = Math.max(least, most - RANGE);
    float step = (most - least) / STEPS;
    row.clear().putFloat(step).putFloat((float) (least - normalizer));
    for (int i = 0; i < nVocab; i++) {
      float above = logits[offset + i] - least;
      row.putShort((short) (above > 0 && step > 0 ? Math.round(above / step) : 0));
    }
    write(row.clear());
  }

  private void write(ByteBuffer bytes) throws IOException {
    out.write(bytes);
  }

  /** Reads the next position into {@code logProbabilities}, [nVocab]. */
  public void next(float[] logProbabilities) throws IOException {
    fill(path, in, row.clear());
    if (exact) {
      row.asFloatBuffer().get(logProbabilities, 0, nVocab);
      return;
    }
    float step = row.getFloat();
    float least = row.getFloat();
    for (int i = 0; i < nVocab; i++) {
      logProbabilities[i] = step * (row.getShort() & 0xffff) + least;
    }
  }

  private static ByteBuffer read(Path path, FileChannel channel, int n) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(n).order(ByteOrder.LITTLE_ENDIAN);
    fill(path, channel, bytes);
    return bytes;
  }

  private static void fill(Path path, FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new EOFException(path + " ends too early; make it anew");
      }
    }
    bytes.flip();
  }

  /** Gives the written file its name. */
  public void finish() throws IOException {
    out.close();
    pending.commit();
  }

  /** Drops a file that is not finished. */
  @Override
  public void close() throws IOException {
    if (pending != null) {
      pending.close();
    } else {
      in.close();
    }
  }
}
