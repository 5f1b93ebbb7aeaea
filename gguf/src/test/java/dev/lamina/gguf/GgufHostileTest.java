package dev.lamina.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile files: each gives one line that names the bad value and what was expected. */
class GgufHostileTest {
  private static final int F32 = 0;
  private static final int Q8_0 = 8;
  private static final long HUGE = Long.MAX_VALUE - 7;

  private static void assertRejected(byte[] bytes, String... expected) {
    GgufFormatException e =
        assertThrows(
            GgufFormatException.class,
            () -> GgufFile.of(MemorySegment.ofArray(bytes), "test.gguf").close());
    assertMessage(e, "test.gguf", expected);
  }

  private static void assertRejected(RawGguf raw, String... expected) {
    assertRejected(raw.bytes(), expected);
  }

  private static void assertMessage(GgufFormatException e, String file, String... expected) {
    String message = e.getMessage();
    assertTrue(message.startsWith(file + ": "), message);
    assertTrue(message.chars().noneMatch(c -> c < ' ' || c == 0x7F), message);
    for (String part : expected) {
      assertTrue(message.contains(part), message + "\nshould contain: " + part);
    }
  }

  private static void assertGetterRejects(
      GgufFile file, Consumer<Metadata> getter, String... expected) {
    GgufFormatException e =
        assertThrows(GgufFormatException.class, () -> getter.accept(file.metadata()));
    assertMessage(e, "test.gguf", expected);
  }

  /** One key and two tensors of 32 bytes; right. */
  private static RawGguf valid() {
    return RawGguf.header(2, 1)
        .array("a.strings", ValueType.STRING, 2)
        .text("one")
        .text("two")
        .tensor("a", F32, 0, 4, 2)
        .tensor("b", F32, 32, 8)
        .data(64);
  }

  @Test
  void truncatedAnywhere() {
    byte[] bytes = valid().bytes();
    try (GgufFile whole = valid().open()) {
      assertEquals(2, whole.tensors().size());
    }
    for (int length = 0; length < bytes.length; length++) {
      assertRejected(Arrays.copyOf(bytes, length));
    }
    byte[] strings =
        RawGguf.header(0, 1).array("a.b", ValueType.STRING, 2).text("one").text("").bytes();
    assertRejected(
        Arrays.copyOf(strings, strings.length - 1),
        "metadata key a.b[1]",
        "expected 8 more bytes",
        "remaining 7 bytes at offset " + (strings.length - 8));
    assertRejected(
        Arrays.copyOf(bytes, bytes.length - 1), "tensor b: 32 bytes at offset 32", "outside");
  }

  @Test
  void empty() {
    assertRejected(new byte[0], "empty", "expected a GGUF file");
  }

  @ParameterizedTest
  @CsvSource({
    "'version https://git-lfs.github.com/spec/v1', git lfs pull",
    "'<!DOCTYPE html>', web page",
    "'12345678{\"__metadata__\":', safetensors",
    "'tjgg0000', before August 2023",
    "'PK\u0003\u00040000', zip archive",
    "'something else', does not start with the bytes GGUF",
    "'algg0000', LoRA adapter",
    "'12345678blk.0.attn_q.weight', importance matrix",
    "'_logits_0000', base of divergences",
    "'{\"a\": 1}', JSON",
    "'x', does not start with the bytes GGUF",
  })
  void notGguf(String start, String hint) {
    assertRejected(start.getBytes(StandardCharsets.UTF_8), "not a GGUF file", hint);
  }

  @Test
  void versions() {
    assertRejected(RawGguf.header(1, 0, 0), "version 1 ", "expected 2 or 3");
    assertRejected(RawGguf.header(0, 0, 0), "version 0,", "expected 2 or 3");
    assertRejected(RawGguf.header(4, 0, 0), "version 4,", "expected 2 or 3", "newer");
    assertRejected(RawGguf.header(-1, 0, 0), "version 4294967295,", "expected 2 or 3");
    assertRejected(
        RawGguf.header(Integer.reverseBytes(3), 0, 0),
        "big-endian",
        "version 3",
        "expected little-endian");
    RawGguf.header(2, 0, 0).open().close();
    RawGguf.header(3, 0, 0).open().close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1L << 31, 1L << 32, HUGE, Long.MAX_VALUE, Long.MIN_VALUE, -1})
  void hugeCounts(long count) {
    String text = Long.toUnsignedString(count);
    assertRejected(RawGguf.header(count, 0), "tensor count", text + " tensors do not fit");
    assertRejected(RawGguf.header(0, count), "metadata count", text + " metadata keys do not fit");
    assertRejected(
        RawGguf.header(0, 1).array("a.b", ValueType.I32, count),
        "metadata key a.b",
        text + " elements of type i32 do not fit");
    assertRejected(
        RawGguf.header(0, 1).array("a.b", ValueType.STRING, count),
        "metadata key a.b",
        text + " elements of type str do not fit");
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 1L << 31, 1L << 32, HUGE, Long.MAX_VALUE, Long.MIN_VALUE, -1})
  void hugeLengths(long length) {
    String text = "a string of " + Long.toUnsignedString(length) + " bytes does not fit";
    assertRejected(
        RawGguf.header(0, 1).i64(length).raw(new int[8]), "metadata key number 1 of 1", text);
    assertRejected(
        RawGguf.header(0, 1).key("a.b", ValueType.STRING).i64(length).raw(new int[8]),
        "metadata key a.b",
        text);
    assertRejected(
        RawGguf.header(1, 0).i64(length == 9 ? 25 : length).raw(new int[24]),
        "name of tensor number 1 of 1",
        "does not fit in the remaining 24 bytes");
  }

  @Test
  void duplicates() {
    assertRejected(
        RawGguf.header(0, 2).u32("a.b", 1).u32("a.b", 1), "metadata key a.b", "twice", "unique");
    assertRejected(
        RawGguf.header(2, 0).tensor("w", F32, 0, 8).tensor("w", F32, 32, 8).data(64),
        "tensor w",
        "twice",
        "unique");
  }

  @Test
  void invalidUtf8() {
    RawGguf[] values = {
      RawGguf.header(0, 1).i64(2).raw('k', 0xFF).i32(7).raw(1),
      RawGguf.header(0, 1).key("a.b", ValueType.STRING).i64(3).raw('k', 0xC3, 0x28),
      RawGguf.header(0, 1)
          .array("a.b", ValueType.STRING, 2)
          .text("ok")
          .i64(3)
          .raw(0xED, 0xA0, 0x80),
      RawGguf.header(1, 0).i64(2).raw(0xC0, 0x80).i32(1).i64(8).i32(0).i64(0).data(32),
    };
    assertWarns(values[0], "metadata key number 1 of 1", "invalid UTF-8");
    assertWarns(values[1], "metadata key a.b", "invalid UTF-8");
    assertWarns(values[2], "metadata key a.b", "invalid UTF-8");
    assertWarns(values[3], "name of tensor number 1 of 1", "invalid UTF-8");
  }

  private static void assertWarns(RawGguf raw, String... expected) {
    try (GgufFile file = raw.open()) {
      assertEquals(1, file.warnings().all().size(), file.warnings().all().toString());
      String warning = file.warnings().all().getFirst();
      for (String part : expected) {
        assertTrue(warning.contains(part), warning + "\nshould contain: " + part);
      }
    }
  }

  @Test
  void replacementCharacterItselfIsValid() {
    try (GgufFile file = RawGguf.header(0, 1).key("k", ValueType.STRING).text("a\uFFFDb").open()) {
      assertEquals("a\uFFFDb", file.metadata().string("k"));
    }
  }

  @Test
  void unknownTypes() {
    assertRejected(
        RawGguf.header(0, 1).text("a.b").i32(13).raw(1), "metadata key a.b", "type 13", "0 to 12");
    assertRejected(
        RawGguf.header(0, 1).text("a.b").i32(-1).raw(1),
        "metadata key a.b",
        "type 4294967295",
        "0 to 12");
    assertRejected(
        RawGguf.header(0, 1).key("a.b", ValueType.ARRAY).i32(77).i64(0),
        "metadata key a.b",
        "type 77",
        "0 to 12");
    assertRejected(
        RawGguf.header(1, 0).tensor("w", 99, 0, 8).data(32), "tensor w", "type 99", "newer");
    assertRejected(
        RawGguf.header(1, 0).tensor("w", -1, 0, 8).data(32), "tensor w", "type 4294967295");
    assertRejected(
        RawGguf.header(1, 0).tensor("w", 4, 0, 32).data(32),
        "tensor w",
        "type 4 is Q4_2",
        "removed",
        "Q4_0");
    assertRejected(
        RawGguf.header(1, 0).tensor("w", 137, 0, 256).data(96),
        "tensor w",
        "type 137 is IQ2_K of ik_llama.cpp");
  }

  @Test
  void shapes() {
    assertRejected(RawGguf.header(1, 0).tensor("w", F32, 0).data(32), "tensor w", "0 dimensions");
    assertRejected(
        RawGguf.header(1, 0).tensor("w", F32, 0, 2, 2, 2, 2, 2).data(256),
        "tensor w",
        "5 dimensions",
        "1 to 4");
    assertRejected(
        RawGguf.header(1, 0).text("w").i32(-1).i64(0).i64(0), "tensor w", "4294967295 dimensions");
    assertRejected(
        RawGguf.header(1, 0).tensor("w", F32, 0, 4, 0).data(32), "tensor w", "dimension is 0");
    assertRejected(
        RawGguf.header(1, 0).tensor("w", F32, 0, -1).data(32),
        "tensor w",
        "dimension is 18446744073709551615");
    assertRejected(
        RawGguf.header(1, 0).tensor("w", Q8_0, 0, 33, 2).data(128),
        "tensor w",
        "rows of 33 elements",
        "multiple of the block size 32 of Q8_0");
  }

  @Test
  void overflowingProducts() {
    long[][] shapes = {
      {1L << 32, 1L << 32},
      {1L << 62, 4},
      {1L << 31, 1L << 31, 4},
      {1L << 61},
      {1L << 62},
      {3, 0x5555_5555_5555_5556L},
      {1L << 16, 1L << 16, 1L << 16, 1L << 16},
    };
    for (long[] shape : shapes) {
      assertRejected(
          RawGguf.header(1, 0).tensor("w", F32, 0, shape).data(64),
          "tensor w",
          "product of the dimensions",
          "exceeds 2^63 - 1 bytes");
    }
  }

  @Test
  void places() {
    assertRejected(
        RawGguf.header(1, 0).tensor("w", F32, 4, 8).data(64),
        "tensor w",
        "offset 4",
        "multiple of the alignment 32");
    for (long offset : new long[] {64, 1L << 40, Long.MAX_VALUE - 31, Long.MIN_VALUE, -32}) {
      assertRejected(
          RawGguf.header(1, 0).tensor("w", F32, offset, 8).data(64),
          "tensor w",
          "at offset " + Long.toUnsignedString(offset),
          "outside the file");
    }
    assertRejected(
        RawGguf.header(1, 0).tensor("w", F32, 0, 1L << 40).data(64),
        "tensor w",
        "4398046511104 bytes",
        "outside the file");
    assertRejected(
        RawGguf.header(2, 0).tensor("v", F32, 32, 16).tensor("w", F32, 64, 8).data(128),
        "tensor w",
        "starts at offset 64",
        "inside tensor v which ends at 96");
    assertRejected(
        RawGguf.header(2, 0).tensor("v", F32, 32, 8).tensor("w", F32, 32, 8).data(128),
        "tensor w",
        "inside tensor v");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4, 33, 48, 1 << 22, 1 << 30, 0x8000_0000L, 0xFFFF_FFFFL})
  void alignments(long alignment) {
    assertRejected(
        RawGguf.header(1, 1).u32("general.alignment", alignment).tensor("w", F32, 0, 8).data(64),
        "metadata key general.alignment",
        "is " + alignment + ",",
        "power of two from 8 to 2097152");
  }

  @Test
  void alignmentOfAnotherType() {
    assertRejected(
        RawGguf.header(0, 1).key("general.alignment", ValueType.STRING).text("32"),
        "metadata key general.alignment",
        "type str",
        "expected an integer");
  }

  @Test
  void arraysOfAnotherType() {
    try (GgufFile file =
        RawGguf.header(0, 5)
            .array("a.ints", ValueType.I32, 1)
            .i32(-1)
            .array("a.strings", ValueType.STRING, 1)
            .text("s")
            .array("a.nested", ValueType.ARRAY, 1)
            .i32(ValueType.STRING.id())
            .i64(0)
            .u32("a.u32", 0xFFFF_FFFFL)
            .array("a.wide", ValueType.U64, 1)
            .i64(1L << 31)
            .open()) {
      assertGetterRejects(
          file, m -> m.strings("a.ints"), "key a.ints", "arr[i32,1]", "an array of strings");
      assertGetterRejects(
          file, m -> m.strings("a.nested"), "key a.nested", "arr[arr,1]", "an array of strings");
      assertGetterRejects(file, m -> m.strings("a.u32"), "key a.u32", "u32", "array of strings");
      assertGetterRejects(
          file, m -> m.integers("a.strings"), "key a.strings", "arr[str,1]", "array of integers");
      assertGetterRejects(
          file, m -> m.floats("a.strings"), "key a.strings", "arr[str,1]", "array of numbers");
      assertGetterRejects(file, m -> m.booleans("a.ints"), "key a.ints", "array of booleans");
      assertGetterRejects(file, m -> m.integer("a.ints"), "key a.ints", "expected an integer");
      assertGetterRejects(file, m -> m.string("a.u32"), "key a.u32", "u32", "a string");
      assertGetterRejects(file, m -> m.bool("a.u32", true), "key a.u32", "u32", "a boolean");
      assertGetterRejects(file, m -> m.floating("a.strings"), "key a.strings", "a number");
      assertGetterRejects(file, m -> m.integer("a.u32"), "key a.u32", "4294967295", "32-bit");
      assertGetterRejects(file, m -> m.integers("a.wide"), "key a.wide", "2147483648", "32-bit");
      assertGetterRejects(file, m -> m.string("a.none"), "key a.none", "missing");
    }
  }

  @Test
  void valuesOutOfRange() {
    BigInteger top = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
    try (GgufFile file =
        RawGguf.header(0, 2)
            .key("a.b", ValueType.U64)
            .i64(-1)
            .array("a.c", ValueType.U64, 2)
            .i64(1)
            .i64(-1)
            .open()) {
      assertEquals(top, file.metadata().get("a.b"));
      assertEquals(
          List.of(1L, top), List.copyOf(((MetadataArray) file.metadata().get("a.c")).values()));
      assertGetterRejects(file, m -> m.wide("a.b"), "key a.b", top.toString(), "2^63 - 1");
      assertGetterRejects(file, m -> m.integers("a.c"), "key a.c", top.toString(), "2^63 - 1");
      assertEquals(0x1p64f, file.metadata().floating("a.b"));
    }
    assertWarns(RawGguf.header(0, 1).key("a.b", ValueType.BOOL).raw(2), "key a.b", "read as true");
    assertWarns(
        RawGguf.header(0, 1).array("a.b", ValueType.BOOL, 3).raw(1, 0, 255),
        "key a.b",
        "read as true");
  }

  @Test
  void nestingBombs() {
    RawGguf deep = RawGguf.header(0, 1).array("a.b", ValueType.ARRAY, 1);
    for (int i = 0; i < 100_000; i++) {
      deep.i32(ValueType.ARRAY.id()).i64(1);
    }
    assertRejected(deep, "metadata key a.b[0][0]", "nested more than 8 deep");
    RawGguf wide = RawGguf.header(0, 1).array("a.b", ValueType.ARRAY, 1000);
    for (int i = 0; i < 999; i++) {
      wide.i32(ValueType.U8.id()).i64(0);
    }
    assertRejected(
        wide.i32(ValueType.I64.id()).i64(HUGE / 8), "metadata key a.b[999]", "do not fit");
  }

  @Test
  void namesAreMadePrintable() {
    String evil = "a\u001b[31m\n\u202Eb\u0000\u007F\u009B";
    assertRejected(
        RawGguf.header(0, 1).key(evil, ValueType.STRING).i64(9),
        "metadata key \"a\\u{1b}[31m\\n\\u{202e}b\\u{0}\\u{7f}\\u{9b}\"");
    assertRejected(
        RawGguf.header(1, 0).tensor(evil, F32, 1, 8).data(32), "tensor \"a\\u{1b}[31m\\n");
    GgufFormatException e =
        assertThrows(
            GgufFormatException.class,
            () -> GgufFile.of(MemorySegment.ofArray(new byte[1]), "x\u001b[0m\n").close());
    assertMessage(e, "x\\u{1b}[0m\\n", "not a GGUF file");
  }

  @Test
  void longNamesAreCut() {
    String name = "n".repeat(1 << 20);
    assertRejected(RawGguf.header(1, 0).tensor(name, F32, 0, 8).data(32), "n…\"", "at most 65535");
    assertRejected(RawGguf.header(0, 1).key(name, ValueType.BOOL).raw(1), "n…\"", "at most 65535");
  }

  @Test
  void aPartOfASplitFileIsNotWhole() {
    assertRejected(
        RawGguf.header(0, 1).u32("split.count", 3), "part of a file split in 3", "a whole file");
  }

  @Test
  void tensorsMayBeInAnyOrderAndHaveGaps() {
    try (GgufFile file =
        RawGguf.header(2, 0).tensor("v", F32, 96, 8).tensor("w", F32, 0, 2, 4).data(128).open()) {
      assertEquals(List.of("v", "w"), List.copyOf(file.tensors().keySet()));
      assertEquals(32, file.tensors().get("v").byteSize());
      assertEquals(List.of(2L, 4L), file.tensors().get("w").shape());
    }
  }
}
