package dev.lamina.cpu.assembler;

/**
 * A mask register of AVX-512, a bit for each lane.
 *
 * @param code 1 to 7; 0 stands for all lanes
 */
public record Mask(int code) implements Operand.Register {

  /**
   * @throws IllegalArgumentException if there is no such register
   */
  public Mask {
    if (code < 1 || code > 7) {
      throw new IllegalArgumentException("no mask register " + code);
    }
  }

  @Override
  public String toString() {
    return "k" + code;
  }
}
