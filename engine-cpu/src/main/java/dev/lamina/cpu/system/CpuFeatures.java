package dev.lamina.cpu.system;

import static dev.lamina.cpu.assembler.Gpr.R10;
import static dev.lamina.cpu.assembler.Gpr.RAX;
import static dev.lamina.cpu.assembler.Gpr.RBX;
import static dev.lamina.cpu.assembler.Gpr.RCX;
import static dev.lamina.cpu.assembler.Gpr.RDI;
import static dev.lamina.cpu.assembler.Gpr.RDX;
import static dev.lamina.cpu.assembler.GprOp.CPUID;
import static dev.lamina.cpu.assembler.GprOp.MOV;
import static dev.lamina.cpu.assembler.GprOp.POP;
import static dev.lamina.cpu.assembler.GprOp.PUSH;
import static dev.lamina.cpu.assembler.GprOp.RET;
import static dev.lamina.cpu.assembler.GprOp.TEST;
import static dev.lamina.cpu.assembler.GprOp.XGETBV;
import static dev.lamina.cpu.assembler.Mem.mem;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Condition;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.engine.backend.BackendException;
import dev.lamina.engine.backend.NativeAccess;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The processor's features that the system allows to use. Source: Intel SDM, volume 2, CPUID, and
 * volume 1, 14.3 and 15.2.
 *
 * @param all empty on other processors than x86-64
 * @param name the processor's; empty if unknown
 */
public record CpuFeatures(Set<Feature> all, String name) {

  /** A set of instructions, for a tier of kernels. */
  public enum Feature {
    /** With FMA and F16C. */
    AVX2(LEAF_7 + EBX, 1 << 5),
    /** {@code vpdpbusd} with VEX encoding. */
    AVX_VNNI(LEAF_7_1 + EAX, 1 << 4),
    /** F, BW, DQ and VL. */
    AVX512(LEAF_7 + EBX, 1 << 16 | 1 << 17 | 1 << 30 | 1 << 31),
    AVX512_VNNI(LEAF_7 + ECX, 1 << 11),
    AVX512_VBMI(LEAF_7 + ECX, 1 << 1),
    /** Tiles, and products of tiles of bytes. */
    AMX_INT8(LEAF_7 + EDX, 1 << 24 | 1 << 25);

    private final int answer;
    private final int bits;

    Feature(int answer, int bits) {
      this.answer = answer;
      this.bits = bits;
    }
  }

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  /** Leaf and subleaf of each query; an answer has four registers: eax, ebx, ecx, edx. */
  private static final int[][] LEAVES = {
    {0, 0},
    {1, 0},
    {7, 0},
    {7, 1},
    {0x80000000, 0},
    {0x80000002, 0},
    {0x80000003, 0},
    {0x80000004, 0}
  };

  private static final int LEAF_0 = 0;
  private static final int LEAF_1 = 4;
  private static final int LEAF_7 = 8;
  private static final int LEAF_7_1 = 12;
  private static final int EXTENDED = 16;
  private static final int NAME = 20;
  private static final int XCR0 = 32;
  private static final int EAX = 0;
  private static final int EBX = 1;
  private static final int ECX = 2;
  private static final int EDX = 3;

  /** FMA, AVX and F16C in ecx of leaf 1. */
  private static final int WITH_AVX2 = 1 << 12 | 1 << 28 | 1 << 29;

  private static final int OSXSAVE = 1 << 27;

  /** The system saves xmm and ymm registers; and those and mask and zmm registers. */
  private static final int AVX_STATE = 0b110;

  private static final int AVX512_STATE = 0b1110_0110;

  /** It saves tiles and their shapes. */
  private static final int AMX_STATE = 0b11 << 17;

  /**
   * Asks the processor.
   *
   * @throws BackendException if the system or the JVM refuses to execute machine code
   */
  public static CpuFeatures detect(Platform platform) {
    if (!platform.x64()) {
      return new CpuFeatures(Set.of(), "");
    }
    if (!NativeAccess.isAllowed()) {
      throw new BackendException(NativeAccess.DENIED);
    }
    CpuFeatures features = decode(ask(platform));
    return features.has(Feature.AMX_INT8) && !NativeMemory.of(platform).permitTiles()
        ? features.without(Feature.AMX_INT8)
        : features;
  }

  private CpuFeatures without(Feature feature) {
    Set<Feature> others = EnumSet.copyOf(all);
    others.remove(feature);
    return new CpuFeatures(Collections.unmodifiableSet(others), name);
  }

  public boolean has(Feature... wanted) {
    return all.containsAll(Arrays.asList(wanted));
  }

  private static int[] ask(Platform platform) {
    try (Arena arena = Arena.ofConfined()) {
      CodeMemory code = new CodeMemory(platform, routine(platform), arena);
      MemorySegment answers = arena.allocate(INT, XCR0 + 1);
      CodeMemory.call(code.entry(), answers.address(), 0, MemorySegment.NULL, 0, 0, 0);
      return answers.toArray(INT);
    }
  }

  /** void routine(int* answers): writes the answers of all leaves, and XCR0 if there is one. */
  private static byte[] routine(Platform platform) {
    Assembler a = new Assembler();
    a.op(PUSH, RBX);
    a.op(MOV, R10, platform.windows() ? RCX : RDI);
    for (int i = 0; i < LEAVES.length; i++) {
      a.set(RAX.dword(), LEAVES[i][0]);
      a.set(RCX.dword(), LEAVES[i][1]);
      a.op(CPUID);
      Mem answer = mem(R10).disp(16 * i);
      a.op(MOV, answer, RAX.dword());
      a.op(MOV, answer.disp(4), RBX.dword());
      a.op(MOV, answer.disp(8), RCX.dword());
      a.op(MOV, answer.disp(12), RDX.dword());
    }
    Label end = new Label("end");
    a.op(MOV, RAX.dword(), mem(R10).disp(4 * (LEAF_1 + ECX)));
    a.op(TEST, RAX.dword(), OSXSAVE);
    a.jump(Condition.E, end);
    a.set(RCX.dword(), 0);
    a.op(XGETBV);
    a.op(MOV, mem(R10).disp(4 * XCR0), RAX.dword());
    a.bind(end);
    a.op(POP, RBX);
    a.op(RET);
    return a.toByteArray();
  }

  static CpuFeatures decode(int[] answers) {
    int[] valid = answers.clone();
    // Leaves beyond the last one give unrelated answers.
    if (answers[LEAF_0 + EAX] < 7) {
      Arrays.fill(valid, LEAF_7, EXTENDED, 0);
    } else if (answers[LEAF_7 + EAX] < 1) {
      Arrays.fill(valid, LEAF_7_1, EXTENDED, 0);
    }
    Set<Feature> found = EnumSet.noneOf(Feature.class);
    for (Feature feature : Feature.values()) {
      if (has(valid[feature.answer], feature.bits)) {
        found.add(feature);
      }
    }
    if (!found.contains(Feature.AVX2)
        || !has(valid[LEAF_1 + ECX], WITH_AVX2)
        || !has(valid[XCR0], AVX_STATE)) {
      found.clear();
    } else if (!found.contains(Feature.AVX512) || !has(valid[XCR0], AVX512_STATE)) {
      found.retainAll(EnumSet.of(Feature.AVX2, Feature.AVX_VNNI));
    } else if (!has(valid[XCR0], AMX_STATE)) {
      found.remove(Feature.AMX_INT8);
    }
    return new CpuFeatures(Collections.unmodifiableSet(found), name(answers));
  }

  private static boolean has(int value, int bits) {
    return (value & bits) == bits;
  }

  private static String name(int[] answers) {
    if (Integer.compareUnsigned(answers[EXTENDED], 0x80000004) < 0) {
      return "";
    }
    byte[] text =
        MemorySegment.ofArray(Arrays.copyOfRange(answers, NAME, XCR0))
            .toArray(ValueLayout.JAVA_BYTE);
    return new String(text, StandardCharsets.ISO_8859_1).replace("\0", "").strip();
  }
}
