// What a layer computes besides products with weights and attention. Rows are consecutive; THREADS
// is the size of a group.

#include "group_sum.h"

// y = x / sqrt(mean(x^2) + eps) * weight, each group on a run of n values; y may be x.
KERNEL(THREADS) rms_norm(
    GLOBAL const float *x, GLOBAL const float *RESTRICT weight, GLOBAL float *y, int n, float eps) {
  LOCAL_ARRAY float sums[THREADS];
  GLOBAL const float *from = x + (size_t)GROUP_X * n;
  GLOBAL float *to = y + (size_t)GROUP_X * n;
  float squares = 0.0f;
  for (int i = THREAD; i < n; i += THREADS) {
    squares = FMA(from[i], from[i], squares);
  }
  float factor = 1.0f / SQRT(group_sum(squares, sums) / (float)n + eps);
  for (int i = THREAD; i < n; i += THREADS) {
    to[i] = from[i] * factor * weight[i];
  }
}

// Rotates pairs (a, b) of row GROUP_Y of x [rows, width]. angles holds nPairs cosines for each row
// from cosAt on, sines from sinAt on. Elements i and i + secondAt of a head are a pair, or with
// secondAt = 1 elements 2i and 2i + 1.
KERNEL(THREADS) rope(
    GLOBAL float *x, GLOBAL const float *RESTRICT angles, int cosAt, int sinAt, int width,
    int headDim, int nPairs, int secondAt) {
  int index = GROUP_X * THREADS + THREAD;
  if (index >= width / headDim * nPairs) {
    return;
  }
  int pair = index % nPairs;
  int first = secondAt == 1 ? 2 * pair : pair;
  GLOBAL float *head = x + (size_t)GROUP_Y * width + index / nPairs * headDim;
  float cosine = angles[cosAt + GROUP_Y * nPairs + pair];
  float sine = angles[sinAt + GROUP_Y * nPairs + pair];
  float a = head[first];
  float b = head[first + secondAt];
  head[first] = a * cosine - b * sine;
  head[first + secondAt] = a * sine + b * cosine;
}

// y = a + b over n values; y may be one of them.
KERNEL(THREADS) add(GLOBAL const float *a, GLOBAL const float *b, GLOBAL float *y, int n) {
  int i = GROUP_X * THREADS + THREAD;
  if (i < n) {
    y[i] = a[i] + b[i];
  }
}

// y = x * factor over n values; y may be x.
KERNEL(THREADS) scale(GLOBAL const float *x, GLOBAL float *y, int n, float factor) {
  int i = GROUP_X * THREADS + THREAD;
  if (i < n) {
    y[i] = x[i] * factor;
  }
}

// state = decay * state + x; y = state, over nRows rows of width values. words[pageAt + row] is where
// in words the number of the page with the state of a row's sequence is; words[positionAt + row] is
// its position, before the first of which the state is 0. Rows of a sequence are consecutive.
KERNEL(THREADS) decaying_sum(
    GLOBAL const float *RESTRICT x, GLOBAL const i32 *RESTRICT words, int positionAt, int pageAt,
    GLOBAL float *states, GLOBAL float *RESTRICT y, int width, int nRows, float decay) {
  int i = GROUP_X * THREADS + THREAD;
  if (i < width) {
    for (int row = 0; row < nRows; row++) {
      GLOBAL float *state = states + (size_t)words[words[pageAt + row]] * width + i;
      float before = words[positionAt + row] == 0 ? 0.0f : *state;
      *state = FMA(decay, before, x[(size_t)row * width + i]);
      y[(size_t)row * width + i] = *state;
    }
  }
}

// Row GROUP_Y of y is that row of x whose index is in words, from rowsAt on; rows of width values.
KERNEL(THREADS) select_rows(
    GLOBAL const float *RESTRICT x, GLOBAL const int *RESTRICT words, int rowsAt,
    GLOBAL float *RESTRICT y, int width) {
  int i = GROUP_X * THREADS + THREAD;
  if (i < width) {
    y[(size_t)GROUP_Y * width + i] = x[(size_t)words[rowsAt + GROUP_Y] * width + i];
  }
}

// y = gate / (1 + e^-gate) * up over n values; y may be one of them.
KERNEL(THREADS) gated_silu(
    GLOBAL const float *gate, GLOBAL const float *up, GLOBAL float *y, int n) {
  int i = GROUP_X * THREADS + THREAD;
  if (i < n) {
    y[i] = gate[i] / (1.0f + EXP(-gate[i])) * up[i];
  }
}

// y = n values of x, rounded to half precision.
KERNEL(THREADS) round_to_half(GLOBAL const float *RESTRICT x, GLOBAL float *RESTRICT y, int n) {
  int i = GROUP_X * THREADS + THREAD;
  if (i < n) {
    y[i] = half_to_float(float_to_half(x[i]));
  }
}
