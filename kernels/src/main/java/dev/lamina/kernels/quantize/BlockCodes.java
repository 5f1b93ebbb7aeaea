package dev.lamina.kernels.quantize;

/** The codes of loaded groups, laid out as {@link Groups} are. */
final class BlockCodes {
  /** Codes count from 0; [elements of a group][lanes]. */
  final int[][] lanes;

  private final int perBlock;
  private final int[] ofBlock;

  BlockCodes(Groups groups) {
    lanes = new int[groups.size][groups.lanes()];
    perBlock = groups.perBlock;
    ofBlock = new int[groups.size * groups.perBlock];
  }

  /** The codes of one block, in the order of its elements; valid until the next call. */
  int[] ofBlock(int block) {
    int size = lanes.length;
    int first = block * perBlock;
    for (int e = 0; e < size; e++) {
      int[] codes = lanes[e];
      for (int k = 0; k < perBlock; k++) {
        ofBlock[k * size + e] = codes[first + k];
      }
    }
    return ofBlock;
  }
}
