package dev.lamina.cpu.assembler;

/**
 * A tile register of AMX: up to 16 rows of up to 64 bytes, as the configuration says.
 *
 * @param code 0 to 7
 */
public record Tile(int code) implements Operand.Register {

  /**
   * @throws IllegalArgumentException if there is no such register
   */
  public Tile {
    if (code < 0 || code > 7) {
      throw new IllegalArgumentException("no tile register " + code);
    }
  }

  @Override
  public String toString() {
    return "tmm" + code;
  }
}
