package dev.lamina.cpu.assembler;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Disassembles machine code with GNU objdump. */
final class Disassembly {
  private static final Pattern INSTRUCTION =
      Pattern.compile(" *([0-9a-f]+):\t[0-9a-f ]+\t([^#]*?) *(?:# (0x[0-9a-f]+))?");

  private Disassembly() {}

  /** Instructions by offset. */
  static Map<Integer, String> of(byte[] code, Path folder) throws IOException {
    Path binary = Files.write(folder.resolve("code.bin"), code);
    Path text = folder.resolve("code.txt");
    try {
      Process objdump =
          new ProcessBuilder(
                  ("objdump -D -z -b binary -m i386:x86-64 -M intel " + binary).split(" "))
              .redirectErrorStream(true)
              .redirectOutput(text.toFile())
              .start();
      assumeTrue(objdump.waitFor(2, TimeUnit.MINUTES) && objdump.exitValue() == 0, "objdump fails");
    } catch (IOException e) {
      assumeTrue(false, "objdump (GNU binutils) is not installed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Map<Integer, String> instructions = new TreeMap<>();
    for (String line : Files.readAllLines(text)) {
      Matcher matcher = INSTRUCTION.matcher(line);
      if (matcher.matches()) {
        instructions.put(Integer.parseInt(matcher.group(1), 16), normalized(matcher));
      }
    }
    return instructions;
  }

  /** A line with absolute addresses, no displacements of 0, and single spaces. */
  private static String normalized(Matcher line) {
    String text = line.group(2).replaceAll(" +", " ").replace("+0x0]", "]");
    return line.group(3) == null
        ? text
        : text.replaceAll("\\[rip[+-]0x[0-9a-f]+]", "[rip+" + line.group(3) + "]");
  }
}
