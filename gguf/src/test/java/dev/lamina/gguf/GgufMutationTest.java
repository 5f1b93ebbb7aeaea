package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lamina.kernels.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damages small files in many ways; each either opens or is refused with one line. */
class GgufMutationTest {
  private static final int CASES_PER_SEED = 3000;
  private static final long[] BOUNDARIES = {
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    9,
    12,
    13,
    31,
    32,
    33,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x7FFF_FFFFL,
    0x8000_0000L,
    0xFFFF_FFFFL,
    1L << 32,
    1L << 40,
    1L << 61,
    (1L << 62) + 1,
    Long.MAX_VALUE - 31,
    Long.MAX_VALUE - 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -32,
    -2,
    -1
  };

  /** Memory that does not grow with the file: an exception with its stack trace, the message. */
  private static final long FIXED_ALLOCATION = 64_000;

  private static final long ALLOCATION_PER_BYTE = 16;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final List<byte[]> FILES = new ArrayList<>();

  @BeforeAll
  static void writeFiles() throws IOException {
    FILES.add(bytes(new GgufWriter().u32("k", 1)));
    FILES.add(bytes(addModel(new GgufWriter())));
    FILES.add(bytes(addModel(new GgufWriter().u32("general.alignment", 64))));
    FILES.add(bytes(addTensors(new GgufWriter(), TensorType.F32, TensorType.Q4_K)));
    FILES.add(bytes(addTensors(addModel(new GgufWriter()), TensorType.values())));
    try (InputStream in = GgufMutationTest.class.getResourceAsStream("version2.gguf")) {
      FILES.add(in.readAllBytes());
    }
    for (byte[] file : FILES) {
      outcome(file, "unchanged", true);
    }
  }

  private static GgufWriter addModel(GgufWriter writer) {
    List<String> tokens = IntStream.range(0, 50).mapToObj(i -> "tökén" + i).toList();
    return writer
        .put("general.architecture", "llama")
        .u32("llama.block_count", 2)
        .put("llama.rope.freq_base", 1e4f)
        .strings("tokenizer.ggml.tokens", tokens)
        .i32s("tokenizer.ggml.token_type", new int[50])
        .f32s("tokenizer.ggml.scores", new float[50])
        .put("tokenizer.ggml.add_bos_token", true);
  }

  private static GgufWriter addTensors(GgufWriter writer, TensorType... types) {
    for (TensorType type : types) {
      byte[] data = new byte[2 * type.blockBytes()];
      Arrays.fill(data, (byte) type.ggufId());
      writer.tensor(
          "blk." + type + ".weight",
          type,
          List.of((long) type.blockSize(), 2L),
          MemorySegment.ofArray(data));
    }
    return writer;
  }

  private static byte[] bytes(GgufWriter writer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.writeTo(Channels.newChannel(out));
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void damagedHeaders(long seed) throws IOException {
    Random random = new Random(seed);
    int opened = 0;
    for (int i = 0; i < CASES_PER_SEED; i++) {
      byte[] bytes = FILES.get(random.nextInt(FILES.size())).clone();
      StringBuilder what = new StringBuilder("seed " + seed + " case " + i);
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        bytes = mutate(bytes, random, what);
      }
      opened += outcome(bytes, what.toString(), i % 16 == 0) ? 1 : 0;
    }
    // Neither kind of outcome may have become unreachable.
    assertTrue(opened > CASES_PER_SEED / 50 && opened < CASES_PER_SEED / 2, "opened " + opened);
  }

  /** One change, mostly in the header, and mostly where an integer seems to be. */
  private static byte[] mutate(byte[] bytes, Random random, StringBuilder what) {
    if (bytes.length < 16) {
      return bytes;
    }
    int reach = random.nextInt(8) == 0 ? bytes.length : Math.min(bytes.length, 2048);
    int at = random.nextInt(reach - 8);
    int kind = random.nextInt(10);
    what.append("; ").append(kind).append(" at ").append(at);
    switch (kind) {
      case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> bytes[at] = (byte) random.nextInt(256);
      case 3 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 4 -> {
        return splice(bytes, at, random);
      }
      default -> setInteger(bytes, kind == 5 ? at : findInteger(bytes, at), random);
    }
    return bytes;
  }

  /** The next place where eight bytes are a small number, such as a count, length or dimension. */
  private static int findInteger(byte[] bytes, int from) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = from; at + 8 <= bytes.length; at++) {
      long value = buffer.getLong(at);
      if (value > 0 && value < 5000 && bytes[at] != 0) {
        return at;
      }
    }
    return from;
  }

  private static void setInteger(byte[] bytes, int at, Random random) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long value = BOUNDARIES[random.nextInt(BOUNDARIES.length)];
    switch (random.nextInt(4)) {
      case 0 -> buffer.putInt(at, (int) value);
      case 1 -> buffer.putLong(at, buffer.getLong(at) + random.nextInt(-3, 4));
      default -> buffer.putLong(at, value);
    }
  }

  /** Puts a piece of another file, or of the same, in place of some bytes. */
  private static byte[] splice(byte[] bytes, int at, Random random) {
    byte[] other = FILES.get(random.nextInt(FILES.size()));
    int from = random.nextInt(other.length);
    int length = Math.min(random.nextInt(200), other.length - from);
    int end = Math.min(bytes.length, at + random.nextInt(200));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, at);
    out.write(other, from, length);
    out.write(bytes, end, bytes.length - end);
    return out.toByteArray();
  }

  /** Opens the file and uses all of it, or checks the message. Returns whether it opened. */
  private static boolean outcome(byte[] bytes, String what, boolean rewrite) throws IOException {
    try {
      assertAllocation(bytes, what);
      try (GgufFile file = open(bytes)) {
        touch(file);
        if (rewrite) {
          assertSameAgain(file, what);
        }
        return true;
      }
    } catch (GgufFormatException e) {
      String message = e.getMessage();
      assertTrue(message.startsWith("test.gguf: "), what + ": " + message);
      assertTrue(message.length() < 500, what + ": " + message);
      assertTrue(message.chars().noneMatch(Character::isISOControl), what + ": " + message);
      return false;
    } catch (RuntimeException e) {
      throw new AssertionError(what + ": " + e, e);
    }
  }

  private static GgufFile open(byte[] bytes) {
    return GgufFile.of(MemorySegment.ofArray(bytes), "test.gguf");
  }

  private static void assertAllocation(byte[] bytes, String what) {
    long allowed = FIXED_ALLOCATION + ALLOCATION_PER_BYTE * bytes.length;
    long allocated = allocation(bytes);
    if (allocated > allowed) {
      allocated = allocation(bytes); // classes and messages may have been linked at first
    }
    assertTrue(allocated <= allowed, what + ": " + allocated + " of " + allowed + " bytes");
  }

  private static long allocation(byte[] bytes) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try (GgufFile _ = open(bytes)) {
      return THREADS.getCurrentThreadAllocatedBytes() - before;
    } catch (GgufFormatException _) {
      return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
  }

  private static void touch(GgufFile file) {
    for (GgufTensor tensor : file.tensors().values()) {
      MemorySegment data = tensor.data();
      assertEquals(tensor.type().bytes(tensor.columns() * tensor.rows()), data.byteSize());
      for (long at = 0; at < data.byteSize(); at++) {
        data.get(ValueLayout.JAVA_BYTE, at);
      }
      float[] row = new float[tensor.type().blockSize()];
      tensor.type().format().dequantizeBlock(data, 0, row, 0);
    }
    Metadata metadata = file.metadata();
    for (String key : metadata.keys()) {
      assertTrue(metadata.get(key).toString().length() + metadata.typeName(key).length() > 0);
    }
  }

  private static void assertSameAgain(GgufFile file, String what) throws IOException {
    GgufWriter writer = new GgufWriter().putAll(file.metadata());
    file.tensors().values().forEach(writer::tensor);
    byte[] written = bytes(writer);
    try (GgufFile again = GgufFile.of(MemorySegment.ofArray(written), "test.gguf")) {
      assertEquals(file.metadata().keys(), again.metadata().keys(), what);
      GgufWriter third = new GgufWriter().putAll(again.metadata());
      again.tensors().values().forEach(third::tensor);
      assertArrayEquals(written, bytes(third), what);
    }
  }

  /** All values of each of the first bytes, where every byte has a meaning. */
  @Test
  void everyByteOfASmallFile() throws IOException {
    byte[] file = FILES.get(3);
    for (int at = 0; at < 200; at++) {
      for (int value = 0; value < 256; value++) {
        byte[] bytes = file.clone();
        bytes[at] = (byte) value;
        outcome(bytes, "byte " + at + " is " + value, false);
      }
    }
  }
}
