package dev.lamina.kernels.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DeviceSourceTest {
  @Test
  void keepsTheOrderOfItsParts() {
    String portable = new DeviceSource().text();
    assertTrue(portable.contains("#define KERNEL"));
    String text = new DeviceSource().define("ANSWER", 42).table("WORDS", new int[] {1, -1}).text();
    assertEquals(
        "#define ANSWER 42\nCONSTANT u32 WORDS[2] = {\n0x1u, 0xffffffffu,\n};\n",
        text.substring(portable.length()));
  }

  @Test
  void expandsIncludesEachTime() {
    String once = new DeviceSource().include("q4_0.h").text();
    String twice = new DeviceSource().include("q4_0.h").include("q4_0.h").text();
    assertFalse(once.contains("#include"));
    assertTrue(once.contains("typedef struct"));
    int portable = new DeviceSource().text().length();
    assertEquals(2 * (once.length() - portable), twice.length() - portable);
  }

  @Test
  void refusesHeadersThatAreMissingOrLoop() {
    DeviceSource source = new DeviceSource();
    assertEquals(
        "no device header absent.h",
        assertThrows(IllegalArgumentException.class, () -> source.include("absent.h"))
            .getMessage());
    assertEquals(
        "device header loop.h includes itself",
        assertThrows(IllegalArgumentException.class, () -> source.include("loop.h")).getMessage());
  }
}
