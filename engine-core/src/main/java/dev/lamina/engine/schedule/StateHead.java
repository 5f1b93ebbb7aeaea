package dev.lamina.engine.schedule;

import dev.lamina.engine.model.ModelIdentity;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The beginning of a state file: all of it but the pages and the checksums. Its numbers are
 * little-endian:
 *
 * <table>
 * <caption>Layout</caption>
 * <tr><td>0</td><td>magic, 8 bytes</td></tr>
 * <tr><td>8</td><td>version, i32</td></tr>
 * <tr><td>12</td><td>bytes of the layout's name, i32</td></tr>
 * <tr><td>16</td><td>number of tokens, i32</td></tr>
 * <tr><td>20</td><td>bytes of all pages, i64</td></tr>
 * <tr><td>28</td><td>identity of the model, 32 bytes</td></tr>
 * <tr><td>60</td><td>name of the layout, UTF-8; then the tokens, i32 each</td></tr>
 * </table>
 *
 * <p>A CRC-32C of these bytes follows, then the pages of each group, then a CRC-32C of everything.
 *
 * @param identity of the model
 * @param layout of the pages
 * @param tokens at least one
 */
record StateHead(byte[] identity, String layout, int[] tokens, long stateBytes) {
  /** Bytes before the name of the layout. */
  static final int FIXED = 28 + ModelIdentity.BYTES;

  /** Bytes of a checksum. */
  static final int CHECKSUM = Integer.BYTES;

  /** A fault, to follow the file's name. */
  static final String DAMAGED = "is a damaged saved state";

  private static final byte[] MAGIC = "LAMSTATE".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int MOST_TOKENS = 1 << 26;
  private static final int LONGEST_LAYOUT = 1 << 20;

  /** All bytes up to the first checksum. */
  ByteBuffer encode() {
    byte[] name = layout.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(FIXED + name.length + Integer.BYTES * tokens.length);
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).putInt(VERSION).putInt(name.length).putInt(tokens.length).putLong(stateBytes);
    bytes.put(identity).put(name);
    bytes.asIntBuffer().put(tokens);
    return bytes.position(0);
  }

  /** Whether these are the first bytes of a state file. */
  static boolean isState(ByteBuffer bytes) {
    return bytes.remaining() >= MAGIC.length
        && bytes.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC));
  }

  /**
   * The bytes up to the first checksum, by the first {@link #FIXED} of them.
   *
   * @param fixed in little-endian order
   * @param size of the whole file
   * @throws StateException if they are of no file of this size; the message follows the file's name
   */
  static int size(ByteBuffer fixed, long size) {
    if (!isState(fixed)) {
      throw new StateException("is no saved state");
    }
    if (fixed.remaining() >= 12 && fixed.getInt(8) != VERSION) {
      throw new StateException(
          "is a saved state of version " + fixed.getInt(8) + ", expected " + VERSION);
    }
    if (fixed.remaining() < FIXED) {
      throw new StateException("is a saved state that was cut");
    }
    int name = fixed.getInt(12);
    int tokens = fixed.getInt(16);
    long stateBytes = fixed.getLong(20);
    if (name < 0 || name > LONGEST_LAYOUT || tokens < 1 || tokens > MOST_TOKENS) {
      throw new StateException(DAMAGED);
    }
    int head = FIXED + name + Integer.BYTES * tokens;
    boolean fits = stateBytes >= 0 && stateBytes <= size; // then nothing overflows
    if (!fits || size != head + stateBytes + 2 * CHECKSUM) {
      throw new StateException("is a saved state that was cut or damaged: its size is wrong");
    }
    return head;
  }

  /** Reads what {@link #encode} wrote, with sizes that {@link #size} has checked. */
  static StateHead decode(ByteBuffer bytes) {
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    byte[] identity = new byte[ModelIdentity.BYTES];
    bytes.get(28, identity);
    byte[] name = new byte[bytes.getInt(12)];
    bytes.get(FIXED, name);
    int[] tokens = new int[bytes.getInt(16)];
    bytes.position(FIXED + name.length).asIntBuffer().get(tokens);
    return new StateHead(
        identity, new String(name, StandardCharsets.UTF_8), tokens, bytes.getLong(20));
  }
}
