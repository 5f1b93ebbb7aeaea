package dev.lamina.cpu.assembler;

import static dev.lamina.cpu.assembler.Gpr.RAX;
import static dev.lamina.cpu.assembler.Gpr.RSP;
import static dev.lamina.cpu.assembler.Mem.mem;
import static dev.lamina.cpu.assembler.Vec.xmm;
import static dev.lamina.cpu.assembler.Vec.ymm;
import static dev.lamina.cpu.assembler.Vec.zmm;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AssemblerTest {
  private final Assembler assembler = new Assembler(true);

  /** Displacements count in 64 bytes, or 4 where an element is broadcast. */
  @Test
  void listingHasOffsetsBytesAndText() {
    Label loop = new Label("loop");
    assembler.bind(loop);
    assembler.op(VecOp.VPADDD, zmm(0), zmm(1), mem(RAX).disp(64));
    assembler.op(VecOp.VPADDD, zmm(0), zmm(1), mem(RAX).disp(64).broadcast());
    assembler.op(VecOp.VPADDD, xmm(0), xmm(1), mem(RAX).disp(64));
    assembler.jump(Condition.NE, loop);
    assertEquals(
        """
        loop:
             0:  62 f1 75 48 fe 40 01            vpaddd zmm0,zmm1,ZMMWORD PTR [rax+0x40]
             7:  62 f1 75 58 fe 40 10            vpaddd zmm0,zmm1,DWORD BCST [rax+0x40]
             e:  c5 f1 fe 40 40                  vpaddd xmm0,xmm1,XMMWORD PTR [rax+0x40]
            13:  75 eb                           jne loop
        """,
        assembler.listing());
  }

  static Stream<Consumer<Assembler>> illegal() {
    return Stream.of(
        a -> a.op(VecOp.VPSIGNB, ymm(16), ymm(1), ymm(2)), // no EVEX encoding
        a -> a.op(VecOp.VPDPBUSD_VEX, ymm(1), ymm(2), ymm(17)),
        a -> a.op(VecOp.VPDPBUSD_VEX, zmm(1), zmm(2), zmm(3)),
        a -> a.op(VecOp.VPADDD, zmm(1), ymm(2), zmm(3)), // lengths differ
        a -> a.op(VecOp.VEXTRACTI32X4, ymm(1), ymm(2), 1),
        a -> a.op(VecOp.VEXTRACTI32X4, xmm(1), xmm(2), 1),
        a -> a.op(VecOp.VPADDW, zmm(1), zmm(2), mem(RAX).broadcast()), // 16 bits
        a -> a.op(VecOp.VMOVUPS, mem(RAX).broadcast(), zmm(1)),
        a -> a.op(VecOp.VPSLLD, zmm(1), mem(RAX), 1),
        a -> a.op(VecOp.VMOVD, ymm(1), RAX.dword()),
        a -> a.op(VecOp.VPADDD, zmm(1), zmm(2)), // operands missing
        a -> a.op(VecOp.VPSLLD, zmm(1), zmm(2)),
        a -> a.op(VecOp.VPSLLD, zmm(1), zmm(2), 256),
        a -> a.op(VecOp.VMOVD, xmm(1), RAX),
        a -> a.op(GprOp.ADD, RAX, RAX.dword()),
        a -> a.op(GprOp.SHR, RAX, 64),
        a -> a.op(GprOp.LEA, RAX, RAX),
        a -> a.op(GprOp.PUSH, RAX.dword()),
        a -> a.op(GprOp.MOV, RAX, mem(RAX).broadcast()),
        a -> a.op(TileOp.TDPBSSD, new Tile(1), new Tile(1), new Tile(2)),
        a -> a.op(TileOp.TILELOADD, new Tile(1), mem(RAX)), // no distance of rows
        a -> a.op(TileOp.TILERELEASE, new Tile(1)),
        a -> new Tile(8),
        a -> a.set(RAX.dword(), 1L << 32),
        a -> mem(RAX).index(RSP, 1),
        a -> mem(RAX).index(RAX, 3),
        a -> mem(RAX.dword()),
        a -> mem(new Label("data")).disp(8),
        a -> zmm(32));
  }

  @ParameterizedTest
  @MethodSource("illegal")
  void refusesWhatHasNoEncoding(Consumer<Assembler> instruction) {
    assertThrows(IllegalArgumentException.class, () -> instruction.accept(assembler));
    assertEquals("", HexFormat.of().formatHex(assembler.toByteArray()));
  }

  @Test
  void labelsAreBoundOnce() {
    Label label = new Label("here");
    assembler.jump(label);
    assertThrows(IllegalStateException.class, assembler::toByteArray);
    assembler.bind(label);
    assertThrows(IllegalArgumentException.class, () -> assembler.bind(label));
  }
}
