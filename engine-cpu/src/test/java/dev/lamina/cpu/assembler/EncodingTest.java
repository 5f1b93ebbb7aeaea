package dev.lamina.cpu.assembler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cpu.assembler.Encoding.Form;
import dev.lamina.cpu.assembler.Encoding.Trait;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares every instruction of the assembler with the output of a disassembler. */
class EncodingTest {
  private static final int SEED = 1;
  private static final Pattern LABEL = Pattern.compile("\\bL([0-9]+)\\b");
  private static final int[] DISPLACEMENTS = {
    0,
    1,
    2,
    4,
    8,
    16,
    32,
    64,
    -64,
    127,
    128,
    -128,
    -129,
    127 * 64,
    128 * 64,
    -8192,
    1 << 20,
    Integer.MIN_VALUE
  };
  private static final int[] NUMBERS = {0, 1, -1, 127, 128, -128, 4096, Integer.MIN_VALUE};

  /** Kinds of operands. */
  private enum Kind {
    XMM,
    YMM,
    ZMM,
    MASK,
    DWORD,
    QWORD,
    MEMORY,
    BROADCAST
  }

  private final Random random = new Random(SEED);
  private final Assembler assembler = new Assembler(true);
  private final List<Label> labels = new ArrayList<>();
  private final Label data = label();

  @TempDir private Path folder;

  @Test
  void objdumpReadsTheListing() throws IOException {
    vectorInstructions();
    tileInstructions();
    generalInstructions();
    jumps();
    assembler.bind(data);
    assembler.op(GprOp.RET);
    Map<Integer, String> read = Disassembly.of(assembler.toByteArray(), folder);
    int instructions = 0;
    for (Assembler.Line line : assembler.lines()) {
      if (line.end() > line.start()) {
        assertEquals(resolved(line.text().get()), read.get(line.start()), "at " + line.start());
        instructions++;
      }
    }
    assertEquals(instructions, read.size());
    assertTrue(instructions > 10_000, instructions + " instructions");
  }

  private void vectorInstructions() {
    for (VecOp op : VecOp.values()) {
      Set<Kind> last = EnumSet.noneOf(Kind.class);
      for (Kind to : Kind.values()) {
        for (Kind from : Kind.values()) {
          if (vectorInstruction(op, to, from)) {
            last.add(from);
          }
        }
      }
      assertFalse(last.isEmpty(), op.name());
      assertEquals(op.is(Trait.BCST), last.contains(Kind.BROADCAST), op + " and broadcasts");
      assertEquals(
          !op.is(Trait.NO_MEMORY) && op.form != Form.MR,
          last.contains(Kind.MEMORY),
          op + " and memory");
    }
  }

  /** Tries several registers and addresses; returns whether the instruction exists. */
  private boolean vectorInstruction(VecOp op, Kind to, Kind from) {
    boolean found = false;
    for (int i = 0; i < 100; i++) {
      int registers = i % 2 == 0 ? 16 : 32;
      Operand first = operand(to, registers);
      Operand last = operand(from, registers);
      // The disassembler has names for the first comparisons.
      int number = op == VecOp.VCMPPS ? 32 + random.nextInt(224) : random.nextInt(256);
      Consumer<Assembler> instruction;
      if (op.form != Form.RVM) {
        instruction =
            op.is(Trait.IMM8) ? a -> a.op(op, first, last, number) : a -> a.op(op, first, last);
      } else if (first instanceof Vec || (first instanceof Mask && !op.is(Trait.IMM8))) {
        Operand.Register result = (Operand.Register) first;
        int bits = first instanceof Vec v ? v.bits() : last instanceof Vec v ? v.bits() : 512;
        Vec middle = new Vec(random.nextInt(registers), bits);
        Mask mask = new Mask(1 + random.nextInt(7));
        instruction =
            op.is(Trait.IMM8)
                ? a -> a.op(op, (Vec) first, middle, last, number)
                : i % 3 == 1 && op.is(Trait.MASKED)
                    ? a -> a.op(op, (Vec) first, mask, middle, last)
                    : a -> a.op(op, result, middle, last);
      } else if (first instanceof Mem memory && last instanceof Vec value) {
        Vec middle = new Vec(random.nextInt(registers), value.bits());
        instruction = a -> a.op(op, memory, middle, value);
      } else {
        return false;
      }
      if (accepted(instruction)) {
        found = true;
      } else if (i == 0) {
        return false; // other registers would not help
      }
    }
    return found;
  }

  private boolean accepted(Consumer<Assembler> instruction) {
    try {
      instruction.accept(assembler);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private Operand operand(Kind kind, int registers) {
    return switch (kind) {
      case XMM -> Vec.xmm(random.nextInt(registers));
      case YMM -> Vec.ymm(random.nextInt(registers));
      case ZMM -> Vec.zmm(random.nextInt(registers));
      case MASK -> new Mask(1 + random.nextInt(7));
      case DWORD -> new Gpr(random.nextInt(16), 32);
      case QWORD -> new Gpr(random.nextInt(16), 64);
      case MEMORY -> memory();
      case BROADCAST -> memory().broadcast();
    };
  }

  private Mem memory() {
    if (random.nextInt(16) == 0) {
      return Mem.mem(data);
    }
    Mem memory = Mem.mem(new Gpr(random.nextInt(16), 64));
    Gpr index = new Gpr(random.nextInt(16), 64);
    if (random.nextBoolean() && !index.equals(Gpr.RSP)) {
      memory = memory.index(index, 1 << random.nextInt(4));
    }
    return memory.disp(DISPLACEMENTS[random.nextInt(DISPLACEMENTS.length)]);
  }

  private void tileInstructions() {
    for (TileOp op : TileOp.values()) {
      int forms = accepted(a -> a.op(op)) ? 1 : 0;
      for (int i = 0; i < 64; i++) {
        Tile to = new Tile(random.nextInt(8));
        Tile one = new Tile(random.nextInt(8));
        Tile two = new Tile(random.nextInt(8));
        Mem memory = memory();
        List<Consumer<Assembler>> some =
            List.of(
                a -> a.op(op, memory),
                a -> a.op(op, to),
                a -> a.op(op, to, memory),
                a -> a.op(op, memory, to),
                a -> a.op(op, to, one, two));
        forms += (int) some.stream().filter(this::accepted).count();
      }
      assertTrue(forms > 0, op + " has no form");
    }
  }

  private void generalInstructions() {
    for (GprOp op : GprOp.values()) {
      List<Consumer<Assembler>> forms = new ArrayList<>();
      forms.add(a -> a.op(op));
      for (int bits = 32; bits <= 64; bits += 32) {
        for (int i = 0; i < 64; i++) {
          Gpr one = new Gpr(random.nextInt(16), bits);
          Gpr two = new Gpr(random.nextInt(16), bits);
          Mem memory = memory();
          int number = NUMBERS[i % NUMBERS.length];
          forms.add(a -> a.op(op, one));
          forms.add(a -> a.op(op, memory));
          forms.add(a -> a.op(op, one, two));
          forms.add(a -> a.op(op, one, memory));
          forms.add(a -> a.op(op, memory, one));
          forms.add(a -> a.op(op, one, number));
        }
      }
      assertTrue(forms.stream().filter(this::accepted).count() > 0, op + " has no form");
    }
    long[] numbers = {0, 1, -1, 1L << 31, -1L << 31, 1L << 32, -1L << 32, Long.MIN_VALUE};
    for (long number : numbers) {
      assembler.set(Gpr.RAX, number);
      assembler.set(Gpr.R13, number);
      accepted(a -> a.set(Gpr.RCX.dword(), number));
      accepted(a -> a.set(Gpr.R9.dword(), number));
    }
  }

  /** Jumps near and far, forwards and back. */
  private void jumps() {
    for (int fill : new int[] {0, 100, 200}) {
      for (Condition when : Condition.values()) {
        Label back = label();
        Label ahead = label();
        assembler.bind(back);
        assembler.align(fill + 1);
        assembler.jump(when, back);
        assembler.jump(back);
        assembler.jump(ahead);
        assembler.jump(when, ahead);
        assembler.bind(ahead);
      }
    }
  }

  private Label label() {
    labels.add(new Label("L" + labels.size()));
    return labels.getLast();
  }

  /** The text with positions instead of labels. */
  private String resolved(String text) {
    return LABEL
        .matcher(text)
        .replaceAll(name ->
            "0x" + Integer.toHexString(labels.get(Integer.parseInt(name.group(1))).position()));
  }
}
