package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.kernels.TensorType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufWriterTest {
  @TempDir private Path folder;

  private static byte[] bytes(GgufWriter writer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.writeTo(Channels.newChannel(out));
    return out.toByteArray();
  }

  private static GgufFile reopen(GgufWriter writer) throws IOException {
    return GgufFile.of(MemorySegment.ofArray(bytes(writer)), "test.gguf");
  }

  /** The least, the greatest and two other values of a type. */
  private static List<?> samples(ValueType type) {
    return switch (type) {
      case U8 -> List.of((short) 0, (short) 255, (short) 1, (short) 128);
      case I8 -> List.of(Byte.MIN_VALUE, Byte.MAX_VALUE, (byte) 0, (byte) -1);
      case U16 -> List.of(0, 65535, 1, 32768);
      case I16 -> List.of(Short.MIN_VALUE, Short.MAX_VALUE, (short) 0, (short) -1);
      case U32 -> List.of(0L, 0xFFFF_FFFFL, 1L, 1L << 31);
      case I32 -> List.of(Integer.MIN_VALUE, Integer.MAX_VALUE, 0, -1);
      case U64 -> List.of(0L, Long.MAX_VALUE, 1L, 1L << 32);
      case I64 -> List.of(Long.MIN_VALUE, Long.MAX_VALUE, 0L, -1L);
      case F32 -> List.of(Float.MIN_VALUE, Float.MAX_VALUE, -0f, Float.NEGATIVE_INFINITY);
      case F64 -> List.of(Double.MIN_VALUE, Double.MAX_VALUE, -0.0, Double.NaN);
      case BOOL -> List.of(true, false);
      case STRING -> List.of("", "plain", "ünï 日本 \uD83D\uDE00\0\n", "x".repeat(100_000));
      case ARRAY ->
          List.of(
              new MetadataArray(ValueType.U8, List.of()),
              new MetadataArray(ValueType.STRING, List.of("a", "")),
              new MetadataArray(
                  ValueType.ARRAY, List.of(new MetadataArray(ValueType.I64, List.of(-5L)))));
    };
  }

  @ParameterizedTest
  @EnumSource
  void everyValueTypeComesBack(ValueType type) throws IOException {
    GgufWriter writer = new GgufWriter();
    List<?> samples = samples(type);
    for (int i = 0; i < samples.size(); i++) {
      writer.put("value." + i, type, samples.get(i));
    }
    MetadataArray all = new MetadataArray(type, samples);
    writer.put("all", all).put("nested", new MetadataArray(ValueType.ARRAY, List.of(all, all)));
    try (GgufFile file = reopen(writer)) {
      Metadata metadata = file.metadata();
      for (int i = 0; i < samples.size(); i++) {
        assertEquals(samples.get(i), metadata.get("value." + i));
        assertEquals(type, metadata.type("value." + i));
      }
      assertEquals(all, metadata.get("all"));
      assertEquals("arr[" + type.label() + "," + samples.size() + "]", metadata.typeName("all"));
      assertEquals(new MetadataArray(ValueType.ARRAY, List.of(all, all)), metadata.get("nested"));
      assertArrayEquals(bytes(writer), bytes(new GgufWriter().putAll(metadata)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void valuesOfAnotherTypeAreRefused(ValueType type) {
    GgufWriter writer = new GgufWriter();
    assertThrows(IllegalArgumentException.class, () -> writer.put("k", type, new Object()));
    if (type.isInteger()) {
      assertThrows(IllegalArgumentException.class, () -> writer.put("k", type, "1"));
    }
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    GgufWriter writer = new GgufWriter();
    assertThrows(IllegalArgumentException.class, () -> writer.put("k", ValueType.U8, (short) 256));
    assertThrows(IllegalArgumentException.class, () -> writer.put("k", ValueType.U16, -1));
    assertThrows(IllegalArgumentException.class, () -> writer.u32("k", 1L << 32));
    assertThrows(IllegalArgumentException.class, () -> writer.put("k", ValueType.U64, -1L));
    assertThrows(IllegalArgumentException.class, () -> writer.put("k", "\uD800"));
    assertThrows(
        IllegalArgumentException.class, () -> new MetadataArray(ValueType.I32, List.of(1L)));
    for (long alignment : new long[] {0, 4, 33, 1 << 30}) {
      assertThrows(
          IllegalArgumentException.class, () -> writer.u32("general.alignment", alignment));
    }
  }

  @Test
  void convenience() throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .u32("n", 5)
            .put("x", 1.5f)
            .put("flag", true)
            .put("long", 7L)
            .strings("s", List.of("a", "b"))
            .i32s("i", new int[] {1, -2})
            .f32s("f", new float[] {0.5f})
            .put("gone", "x")
            .remove("gone")
            .put("n", ValueType.U32, 6L);
    try (GgufFile file = reopen(writer)) {
      Metadata metadata = file.metadata();
      assertEquals(List.of("n", "x", "flag", "long", "s", "i", "f"), List.copyOf(metadata.keys()));
      assertEquals(6, metadata.integer("n"));
      assertEquals("u32", metadata.typeName("long"));
      assertTrue(metadata.bool("flag", false));
      assertEquals(List.of("a", "b"), metadata.strings("s"));
      assertArrayEquals(new int[] {1, -2}, metadata.integers("i"));
      assertArrayEquals(new float[] {0.5f}, metadata.floats("f"));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {8, 32, 64, 4096})
  void tensorsOfEveryTypeComeBackAligned(long alignment) throws IOException {
    GgufWriter writer = new GgufWriter();
    if (alignment != 32) {
      writer.u32("general.alignment", alignment);
    }
    Random random = new Random(alignment);
    for (TensorType type : TensorType.values()) {
      byte[] data = new byte[3 * type.blockBytes()];
      random.nextBytes(data);
      writer.tensor(
          type.name(), type, List.of((long) type.blockSize(), 1L, 3L), MemorySegment.ofArray(data));
    }
    random.setSeed(alignment);
    try (GgufFile file = reopen(writer)) {
      GgufPart part = file.parts().getFirst();
      assertEquals(alignment, part.alignment());
      assertEquals(0, part.bytes() % alignment);
      for (TensorType type : TensorType.values()) {
        byte[] data = new byte[3 * type.blockBytes()];
        random.nextBytes(data);
        GgufTensor tensor = file.tensors().get(type.name());
        boolean isReadAsAnother = type == TensorType.Q1_0 || type == TensorType.Q2_0;
        assertEquals(isReadAsAnother ? TensorType.Q4_0 : type, tensor.type());
        assertEquals(3, tensor.rows());
        assertArrayEquals(data, tensor.stored().toArray(ValueLayout.JAVA_BYTE), type.name());
      }
    }
  }

  @Test
  void dataFromCallbackAndChannel() throws IOException {
    byte[] data = new byte[40_000];
    new Random(1).nextBytes(data);
    GgufWriter writer =
        new GgufWriter()
            .tensor(
                "callback",
                TensorType.I8,
                List.of(40_000L),
                out -> {
                  for (int i = 0; i < data.length; i += 1000) {
                    assertEquals(1000, out.write(ByteBuffer.wrap(data, i, 1000)));
                  }
                })
            .tensor(
                "channel",
                TensorType.F32,
                List.of(100L, 100L),
                TensorData.of(Channels.newChannel(new ByteArrayInputStream(data))));
    try (GgufFile file = reopen(writer)) {
      for (GgufTensor tensor : file.tensors().values()) {
        assertArrayEquals(data, tensor.data().toArray(ValueLayout.JAVA_BYTE), tensor.name());
      }
    }
  }

  @Test
  void wrongTensorsAreRefused() {
    GgufWriter writer = new GgufWriter();
    MemorySegment data = MemorySegment.ofArray(new byte[32]);
    writer.tensor("w", TensorType.F32, List.of(8L), data);
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.tensor("w", TensorType.F32, List.of(8L), data));
    for (List<Long> shape :
        List.of(
            List.<Long>of(),
            List.of(31L),
            List.of(0L),
            List.of(-32L),
            List.of(32L, 1L << 60),
            List.of(32L, 1L, 1L, 1L, 1L))) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> writer.tensor("v", TensorType.Q8_0, shape, data));
      assertTrue(e.getMessage().startsWith("tensor v: "), e.getMessage());
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void replacesAFileWhole() throws IOException {
    Path path = folder.resolve("model.gguf");
    Files.writeString(path, "old");
    new GgufWriter().put("k", "new").write(path);
    assertEquals(List.of("model.gguf"), files());
    try (GgufFile file = GgufFile.open(path)) {
      assertEquals("new", file.metadata().string("k"));
    }
  }

  /** A quantizer may write over its own input. */
  @Test
  void replacesTheFileThatItReads() throws IOException {
    Path path = folder.resolve("model.gguf");
    MemorySegment data = MemorySegment.ofArray(new byte[] {1, 2, 3});
    new GgufWriter().tensor("w", TensorType.I8, List.of(3L), data).write(path);
    try (GgufFile file = GgufFile.open(path)) {
      new GgufWriter().put("k", "v").tensor(file.tensors().get("w")).write(path);
    }
    try (GgufFile file = GgufFile.open(path)) {
      assertEquals("v", file.metadata().string("k"));
      assertEquals(-1, data.mismatch(file.tensors().get("w").data()));
    }
  }

  @Test
  void nothingIsLeftBehindOnFailure() throws IOException {
    Path path = folder.resolve("model.gguf");
    Files.writeString(path, "old");
    List<Long> shape = List.of(4L);
    TensorData tooShort = out -> out.write(ByteBuffer.allocate(3));
    TensorData tooLong =
        out -> {
          while (true) {
            out.write(ByteBuffer.allocate(3));
          }
        };
    TensorData failing =
        _ -> {
          throw new IOException("disk on fire");
        };
    assertFails(
        IllegalStateException.class,
        "tensor w: 1 bytes of data are missing",
        shape,
        path,
        tooShort);
    assertFails(IllegalStateException.class, "tensor w: more data than", shape, path, tooLong);
    assertFails(IOException.class, "disk on fire", shape, path, failing);
    assertEquals("old", Files.readString(path));
    assertEquals(List.of("model.gguf"), files());
    assertThrows(
        IOException.class, () -> new GgufWriter().write(folder.resolve("none/model.gguf")));
    assertThrows(IOException.class, () -> new GgufWriter().write(folder));
    assertEquals(List.of("model.gguf"), files());
  }

  private static void assertFails(
      Class<? extends Exception> type,
      String message,
      List<Long> shape,
      Path path,
      TensorData data) {
    GgufWriter writer = new GgufWriter().tensor("w", TensorType.I8, shape, data);
    Exception e = assertThrows(type, () -> writer.write(path));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
