package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.kernels.TensorType;
import dev.lamina.testing.GoldenData;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that others wrote; expectations by a reader in another language. */
class GgufGoldenTest {
  private static InputStream resource(String name) {
    return GgufGoldenTest.class.getResourceAsStream(name);
  }

  static List<String> golden() throws IOException {
    try (InputStream in = resource("golden.csv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("golden")
  void readsAsOthersDo(String line) {
    String[] fields = line.split(",");
    try (GgufFile file = GgufFile.open(GoldenData.file(fields[0]))) {
      GgufPart first = file.parts().getFirst();
      assertAll(
          () -> assertEquals(fields[1], String.valueOf(first.version())),
          () -> assertEquals(fields[2], String.valueOf(file.metadata().keys().size())),
          () -> assertEquals(fields[3], String.valueOf(file.tensors().size())),
          () -> assertEquals(fields[4], String.valueOf(first.dataOffset())),
          () -> assertEquals(fields[5], String.format("%08x", crc(file.metadata()))),
          () -> assertEquals(fields[6], String.format("%08x", crc(file))));
    }
  }

  static List<String> unsplit() throws IOException {
    return golden().stream().filter(line -> !line.contains("-of-")).toList();
  }

  /** Reading and writing a file gives the same bytes. */
  @ParameterizedTest
  @MethodSource("unsplit")
  void writesAsOthersDo(String line, @TempDir Path folder) throws IOException {
    Path path = GoldenData.file(line.split(",")[0]);
    Path copy = folder.resolve("copy.gguf");
    try (GgufFile file = GgufFile.open(path)) {
      GgufWriter writer = new GgufWriter().putAll(file.metadata());
      file.tensors().values().forEach(writer::tensor);
      writer.write(copy);
    }
    assertEquals(-1, Files.mismatch(path, copy));
  }

  @Test
  void splitGivesTheTensorsOfTheWhole() {
    Path whole = GoldenData.file("models/shakespeare-5m-Q4_K_M.gguf");
    Path split = GoldenData.file("models/split/shakespeare-5m-Q4_K_M-00001-of-00003.gguf");
    try (GgufFile one = GgufFile.open(whole);
        GgufFile three = GgufFile.open(split)) {
      assertEquals(3, three.parts().size());
      assertEquals(one.tensors().keySet(), three.tensors().keySet());
      for (GgufTensor tensor : one.tensors().values()) {
        GgufTensor other = three.tensors().get(tensor.name());
        assertEquals(tensor.shape(), other.shape());
        assertEquals(tensor.type(), other.type());
        assertEquals(-1, tensor.data().mismatch(other.data()), tensor.name());
      }
    }
  }

  private static long crc(Metadata metadata) {
    CRC32 crc = new CRC32();
    for (String key : metadata.keys()) {
      String line =
          key + "\t" + metadata.typeName(key) + "\t" + canonical(metadata.get(key)) + "\n";
      crc.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return crc.getValue();
  }

  private static String canonical(Object value) {
    return switch (value) {
      case Float f -> Integer.toHexString(Float.floatToRawIntBits(f));
      case Double d -> Long.toHexString(Double.doubleToRawLongBits(d));
      case Boolean b -> b ? "1" : "0";
      case MetadataArray a ->
          a.values().stream()
              .map(GgufGoldenTest::canonical)
              .collect(Collectors.joining("|", "[", "]"));
      case Object other -> other.toString();
    };
  }

  private static long crc(GgufFile file) {
    CRC32 crc = new CRC32();
    for (GgufTensor tensor : file.tensors().values()) {
      String shape = tensor.shape().stream().map(String::valueOf).collect(Collectors.joining("x"));
      String line = tensor.name() + "\t" + tensor.type() + "\t" + shape + "\n";
      crc.update(line.getBytes(StandardCharsets.UTF_8));
      crc.update(tensor.data().asByteBuffer());
    }
    return crc.getValue();
  }

  @Test
  void versionTwoWithEveryValueType() throws IOException {
    byte[] bytes;
    try (InputStream in = resource("version2.gguf")) {
      bytes = in.readAllBytes();
    }
    GgufFile file = GgufFile.of(MemorySegment.ofArray(bytes), "version2.gguf");
    assertEquals(2, file.parts().getFirst().version());
    assertEquals(64, file.parts().getFirst().alignment());
    assertEquals(bytes.length, file.bytes());
    String values =
        file.metadata().keys().stream()
            .map(k ->
                k + " " + file.metadata().typeName(k) + " " + canonical(file.metadata().get(k)))
            .collect(Collectors.joining("\n"));
    assertEquals(
        """
        t.u8 u8 200
        t.i8 i8 -100
        t.u16 u16 60000
        t.i16 i16 -30000
        t.u32 u32 4000000000
        t.i32 i32 -2000000000
        t.f32 f32 3fc00000
        t.bool bool 1
        t.str str né 日本 😀
        t.u64 u64 9223372036854775807
        t.i64 i64 -9223372036854775808
        t.f64 f64 bfb999999999999a
        a.u8 arr[u8,3] [0|128|255]
        a.i8 arr[i8,2] [-128|127]
        a.u16 arr[u16,2] [0|65535]
        a.i16 arr[i16,2] [-32768|32767]
        a.u32 arr[u32,2] [0|4294967295]
        a.i32 arr[i32,2] [-2147483648|2147483647]
        a.f32 arr[f32,2] [3e800000|f149f2ca]
        a.bool arr[bool,3] [0|1|1]
        a.str arr[str,3] [|a|ß
        ]
        a.u64 arr[u64,2] [0|9223372036854775807]
        a.i64 arr[i64,2] [-9223372036854775808|9223372036854775807]
        a.f64 arr[f64,1] [7e37e43c8800759c]
        a.empty arr[str,0] []
        a.nested arr[arr,3] [[1|2]|[x]|[[1]]]
        general.alignment u32 64\
        """,
        values);
    checkGetters(file.metadata());
    checkTensors(file);
  }

  private static void checkGetters(Metadata metadata) {
    assertEquals(200, metadata.integer("t.u8"));
    assertEquals(4_000_000_000L, metadata.wide("t.u32"));
    assertEquals(4e9f, metadata.floating("t.u32"));
    assertEquals(-0.1f, metadata.floating("t.f64"));
    assertEquals(7, metadata.integer("absent", 7));
    assertEquals("né 日本 😀", metadata.string("t.str"));
    assertEquals(List.of("", "a", "ß\n"), metadata.strings("a.str"));
    assertArrayEquals(new int[] {0, 65535}, metadata.integers("a.u16"));
    assertArrayEquals(new float[] {0.25f, -1e30f}, metadata.floats("a.f32"));
    assertArrayEquals(new boolean[] {false, true, true}, metadata.booleans("a.bool"));
    assertEquals(ValueType.I16, metadata.type("t.i16"));
  }

  private static void checkTensors(GgufFile file) {
    GgufTensor first = file.tensors().get("first");
    assertEquals(List.of(4L, 2L), first.shape());
    assertEquals(4, first.columns());
    assertEquals(2, first.rows());
    float[] decoded = new float[8];
    TensorType.F32.format().dequantize(first.data(), 0, 8, decoded, 0);
    assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, decoded);
    GgufTensor second = file.tensors().get("second");
    assertEquals(TensorType.Q8_0, second.type());
    assertEquals(68, second.byteSize());
    assertEquals(67, second.data().get(ValueLayout.JAVA_BYTE, 67));
    assertEquals(
        List.of("first", "second"), Stream.of(first, second).map(GgufTensor::name).toList());
  }
}
