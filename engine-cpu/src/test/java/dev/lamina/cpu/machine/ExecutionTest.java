package dev.lamina.cpu.machine;

import static dev.lamina.cpu.assembler.Gpr.*;
import static dev.lamina.cpu.assembler.GprOp.*;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.Vec.xmm;
import static dev.lamina.cpu.assembler.Vec.ymm;
import static dev.lamina.cpu.assembler.Vec.zmm;
import static dev.lamina.cpu.assembler.VecOp.*;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.system.CodeMemory;
import dev.lamina.cpu.system.CpuFeatures;
import dev.lamina.cpu.system.CpuFeatures.Feature;
import dev.lamina.cpu.system.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Runs assembled functions and checks their results. */
class ExecutionTest {
  private static final Platform PLATFORM = Platform.current();
  private static final int SEED = 7;

  private final Random random = new Random(SEED);

  private static void need(Feature... features) {
    assumeTrue(PLATFORM.x64(), "not x86-64 with Linux or Windows");
    assumeTrue(
        CpuFeatures.detect(PLATFORM).has(features),
        "the processor lacks one of " + java.util.List.of(features));
  }

  /** Runs a function of six numbers or addresses. */
  private static long call(Consumer<Assembler> body, Object... arguments) throws Throwable {
    Assembler a = new Assembler();
    Frame.enter(a, PLATFORM);
    body.accept(a);
    Frame.leave(a, PLATFORM);
    return run(a, arguments);
  }

  @SuppressWarnings("restricted") // code of this test
  private static long run(Assembler a, Object... arguments) throws Throwable {
    MemoryLayout[] types = new MemoryLayout[arguments.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = arguments[i] instanceof MemorySegment ? ADDRESS : JAVA_LONG;
    }
    try (Arena arena = Arena.ofConfined()) {
      CodeMemory code = new CodeMemory(PLATFORM, a.toByteArray(), arena);
      return (long)
          Linker.nativeLinker()
              .downcallHandle(
                  code.entry(),
                  FunctionDescriptor.of(JAVA_LONG, types),
                  Linker.Option.critical(false))
              .invokeWithArguments(arguments);
    }
  }

  @Test
  void argumentsArriveInOrder() throws Throwable {
    need(Feature.AVX2);
    assertEquals(654_321, call(ExecutionTest::digits, 1L, 2L, 3L, 4L, 5L, 6L));
  }

  @Test
  void callsPassArraysAsTheThirdOfSixArguments() {
    need(Feature.AVX2);
    Assembler a = new Assembler();
    Frame.enter(a, PLATFORM);
    digits(a, R8, RCX, RSI, RDI);
    a.op(MOV, mem(RDX), RAX);
    Frame.leave(a, PLATFORM);
    try (Arena arena = Arena.ofConfined()) {
      CodeMemory code = new CodeMemory(PLATFORM, a.toByteArray(), arena);
      long[] result = new long[1];
      CodeMemory.call(code.entry(), 1, 2, MemorySegment.ofArray(result), 4, 5, 6);
      assertEquals(65_421, result[0]);
    }
  }

  private static void digits(Assembler a) {
    digits(a, R8, RCX, RDX, RSI, RDI);
  }

  /** rax = r9 and the other arguments as decimal digits, the last one first. */
  private static void digits(Assembler a, Gpr... others) {
    a.op(MOV, RAX, R9);
    for (Gpr argument : others) {
      a.op(LEA, RAX, mem(RAX).index(RAX, 4));
      a.op(ADD, RAX, RAX);
      a.op(ADD, RAX, argument);
    }
  }

  @Test
  void framesForWindowsKeepWhatItWantsKept() throws Throwable {
    need(Feature.AVX2);
    assumeTrue(!PLATFORM.windows(), "calls as Windows does on another system");
    Label function = new Label("function");
    Label back = new Label("back");
    Assembler a = new Assembler();
    a.op(SUB, RSP, 56);
    a.op(MOV, mem(RSP).disp(32), R8);
    a.op(MOV, mem(RSP).disp(40), R9);
    a.op(VMOVD, xmm(15), RSI.dword()); // 2
    a.op(MOV, R9, RCX);
    a.op(MOV, R8, RDX);
    a.op(MOV, RDX, RSI);
    a.op(MOV, RCX, RDI);
    a.set(RDI, 1000);
    a.op(LEA, RAX, mem(back));
    a.op(PUSH, RAX);
    a.jump(function);
    a.bind(back);
    a.op(ADD, RSP, 56);
    a.op(ADD, RAX, RDI);
    a.op(VMOVD, RSI.dword(), xmm(15));
    a.op(ADD, RAX, RSI);
    a.op(RET);
    a.bind(function);
    Frame.enter(a, new Platform(true, true));
    digits(a);
    a.op(VPXORD, ymm(15), ymm(15), ymm(15));
    Frame.leave(a, new Platform(true, true));
    assertEquals(654_321 + 1000 + 2, run(a, 1L, 2L, 3L, 4L, 5L, 6L));
  }

  @Test
  void loopSums() throws Throwable {
    need(Feature.AVX2);
    long[] numbers = random.longs(1000).toArray();
    try (Arena arena = Arena.ofConfined()) {
      long sum =
          call(
              a -> {
                Label loop = new Label("loop");
                a.set(RAX, 0);
                a.bind(loop);
                a.op(ADD, RAX, mem(RDI).index(RSI, 8).disp(-8));
                a.op(DEC, RSI);
                a.jump(Condition.NE, loop);
              },
              arena.allocateFrom(JAVA_LONG, numbers),
              (long) numbers.length);
      assertEquals(LongStream.of(numbers).sum(), sum);
    }
  }

  @Test
  void dotOfBytesWithEvex() throws Throwable {
    need(Feature.AVX512_VNNI);
    dotOfBytes(
        a -> {
          a.op(VMOVDQU32, zmm(17), mem(RDI));
          a.op(VMOVDQU32, zmm(31), mem(RSI));
          a.op(VPDPBUSD, zmm(31), zmm(17), mem(RDX).disp(4).broadcast());
          a.op(VMOVDQU32, mem(RSI), zmm(31));
        },
        16);
  }

  @Test
  void dotOfBytesWithVex() throws Throwable {
    need(Feature.AVX_VNNI);
    dotOfBytes(
        a -> {
          a.op(VMOVDQU32, ymm(1), mem(RDI));
          a.op(VMOVDQU32, ymm(2), mem(RSI));
          a.op(VPBROADCASTD, ymm(3), mem(RDX).disp(4));
          a.op(VPDPBUSD_VEX, ymm(2), ymm(1), ymm(3));
          a.op(VMOVDQU32, mem(RSI), ymm(2));
        },
        8);
  }

  /** sums[i] += four unsigned bytes a row with the signed bytes 4 to 7. */
  private void dotOfBytes(Consumer<Assembler> body, int lanes) throws Throwable {
    byte[] unsigned = new byte[4 * lanes];
    byte[] signed = new byte[8];
    random.nextBytes(unsigned);
    random.nextBytes(signed);
    int[] sums = random.ints(lanes).toArray();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocateFrom(JAVA_INT, sums);
      call(
          body,
          arena.allocateFrom(JAVA_BYTE, unsigned),
          out,
          arena.allocateFrom(JAVA_BYTE, signed));
      for (int i = 0; i < 4 * lanes; i++) {
        sums[i / 4] += (unsigned[i] & 255) * signed[4 + i % 4];
      }
      assertArrayEquals(sums, out.toArray(JAVA_INT));
    }
  }

  @Test
  void bytesAreLookedUpInTheCode() throws Throwable {
    need(Feature.AVX2);
    byte[] table = new byte[32];
    byte[] indices = new byte[32];
    random.nextBytes(table);
    random.nextBytes(indices);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, indices);
      Label data = new Label("table");
      Label start = new Label("start");
      call(
          a -> {
            a.jump(start);
            a.bind(data);
            a.data(table);
            a.bind(start);
            a.op(VMOVDQU32, ymm(0), mem(data));
            a.op(VPSHUFB, ymm(0), ymm(0), mem(RDI));
            a.op(VMOVDQU32, mem(RDI), ymm(0));
          },
          bytes);
      for (int i = 0; i < 32; i++) {
        int found = indices[i] < 0 ? 0 : table[(i & 16) + (indices[i] & 15)];
        assertEquals(found, bytes.get(JAVA_BYTE, i), "byte " + i);
      }
    }
  }

  @Test
  void floatsMultiplyAndAddWithAvx2() throws Throwable {
    need(Feature.AVX2);
    try (Arena arena = Arena.ofConfined()) {
      float[] factors = {1, 2, 3, 4, 5, 6, 7, 8};
      MemorySegment floats = arena.allocateFrom(JAVA_FLOAT, factors);
      call(
          a -> {
            a.op(VBROADCASTSS, ymm(12), mem(RDI).disp(8));
            a.op(VPXORD, ymm(3), ymm(3), ymm(3));
            a.op(VFMADD231PS, ymm(3), ymm(12), mem(RDI));
            a.op(VMOVUPS, mem(RDI), ymm(3));
          },
          floats);
      assertArrayEquals(new float[] {3, 6, 9, 12, 15, 18, 21, 24}, floats.toArray(JAVA_FLOAT));
    }
  }
}
