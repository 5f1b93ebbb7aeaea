package dev.lamina.kernels.quantize;

/**
 * What is written of one block of several groups.
 *
 * @param d scale of the scales
 * @param dmin scale of the minima, 0 where there are none
 * @param scales integers, [groups]
 * @param mins likewise, empty where there are none
 * @param codes of all elements in order, counting from 0
 */
record SuperBlock(float d, float dmin, int[] scales, int[] mins, int[] codes) {}
