package dev.lamina.kernels.quantize;

/**
 * The contents of one super-block before it is packed.
 *
 * @param d scale of the scales
 * @param dmin scale of the minima, 0 where there are none
 * @param scales integers, [groups]
 * @param mins likewise, empty where there are none
 * @param codes of all elements in order, counting from 0
 */
record SuperBlock(float d, float dmin, int[] scales, int[] mins, int[] codes) {}
