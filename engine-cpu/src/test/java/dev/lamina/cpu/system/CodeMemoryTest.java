package dev.lamina.cpu.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.cpu.assembler.Assembler;
import dev.lamina.cpu.assembler.Gpr;
import dev.lamina.cpu.assembler.GprOp;
import dev.lamina.cpu.assembler.Label;
import dev.lamina.cpu.assembler.Mem;
import dev.lamina.engine.backend.BackendException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CodeMemoryTest {
  private static final Platform PLATFORM = Platform.current();
  private static final FunctionDescriptor TO_INT = FunctionDescriptor.of(ValueLayout.JAVA_INT);

  @BeforeAll
  static void needX64() {
    assumeTrue(PLATFORM.x64(), "not x86-64 with Linux or Windows");
  }

  /** Two functions, the second one at 16. */
  private static byte[] code() {
    Assembler a = new Assembler();
    a.set(Gpr.RAX, 42);
    a.op(GprOp.RET);
    a.align(16);
    a.set(Gpr.RAX, 43);
    a.op(GprOp.RET);
    return a.toByteArray();
  }

  @SuppressWarnings("restricted") // code of this test
  private static MethodHandle function(CodeMemory memory, long offset, FunctionDescriptor type) {
    return Linker.nativeLinker()
        .downcallHandle(memory.entry().asSlice(offset, 1), type, Linker.Option.critical(false));
  }

  @Test
  void functionsStartAnywhere() throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      CodeMemory memory = new CodeMemory(PLATFORM, code(), arena);
      assertEquals(42, (int) function(memory, 0, TO_INT).invokeExact());
      assertEquals(43, (int) function(memory, 16, TO_INT).invokeExact());
      assertThrows(IndexOutOfBoundsException.class, () -> function(memory, 1000, TO_INT));
    }
  }

  @Test
  void nothingRunsAfterTheArenaEnds() {
    CodeMemory memory;
    MethodHandle function;
    try (Arena arena = Arena.ofShared()) {
      memory = new CodeMemory(PLATFORM, code(), arena);
      function = function(memory, 0, TO_INT);
    }
    assertThrows(IllegalStateException.class, () -> function.invokeWithArguments());
    MethodHandle later = function(memory, 0, TO_INT);
    assertThrows(IllegalStateException.class, () -> later.invokeWithArguments());
  }

  @Test
  void codeIsExecutableAndNotWritable() throws Throwable {
    MemoryMap.assumeReadable();
    long address;
    try (Arena arena = Arena.ofConfined()) {
      CodeMemory memory = new CodeMemory(PLATFORM, addressOfCode(), arena);
      address =
          (long) function(memory, 0, FunctionDescriptor.of(ValueLayout.JAVA_LONG)).invokeExact();
      assertEquals(Optional.of("r-xp"), MemoryMap.rights(address));
    }
    assertFalse(MemoryMap.rights(address).orElse("").contains("x"));
  }

  private static byte[] addressOfCode() {
    Assembler a = new Assembler();
    Label start = new Label("start");
    a.bind(start);
    a.op(GprOp.LEA, Gpr.RAX, Mem.mem(start));
    a.op(GprOp.RET);
    return a.toByteArray();
  }

  @Test
  void systemSaysWhyItRefuses() {
    NativeMemory memory = NativeMemory.of(PLATFORM);
    BackendException e =
        assertThrows(BackendException.class, () -> memory.allocate(Long.MAX_VALUE >> 8));
    assertTrue(e.getMessage().matches("cannot .* bytes: .*(errno|error) [0-9]+.*"), e.getMessage());
    assertThrows(BackendException.class, () -> memory.makeExecutable(12345, 1));
  }

  @Test
  void refusesWhatCannotRun() {
    Arena arena = Arena.global();
    assertThrows(
        IllegalArgumentException.class, () -> new CodeMemory(PLATFORM, new byte[0], arena));
    Platform other = Platform.of("Linux", "aarch64");
    assertThrows(IllegalStateException.class, () -> new CodeMemory(other, code(), arena));
  }
}
