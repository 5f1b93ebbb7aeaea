package dev.lamina.kernels.quantize;

import java.util.Arrays;

/** The scales of a block's groups, seen as a group of values to quantize. */
final class SubScales {
  private SubScales() {}

  /**
   * One group for each block.
   *
   * @param scale of each group, [lanes]
   * @param weight weight of the error of each, [lanes]
   */
  static Groups groups(float[] scale, float[] weight, Groups of) {
    Groups groups = new Groups(of.perBlock, 1, of.blocks());
    for (int b = 0; b < of.blocks(); b++) {
      for (int k = 0; k < of.perBlock; k++) {
        groups.x[k][b] = scale[b * of.perBlock + k];
        groups.w[k][b] = weight[b * of.perBlock + k];
      }
    }
    groups.filled(of.blocks());
    return groups;
  }

  /** Sets the nearest integers to the scales in units of the block's scale. */
  static void nearest(
      float[] scale, float[] unit, int perBlock, UniformCodes codes, int[] integers) {
    for (int g = 0; g < integers.length; g++) {
      float d = unit[g / perBlock];
      int nearest = d == 0 ? 0 : Math.round(scale[g] / d);
      integers[g] = Math.clamp(nearest, codes.lowest(), codes.highest());
    }
  }

  /** The integers of one block's groups. */
  static int[] ofBlock(int[] integers, int block, Groups groups) {
    return Arrays.copyOfRange(integers, block * groups.perBlock, (block + 1) * groups.perBlock);
  }
}
