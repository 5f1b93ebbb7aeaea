// Attention over a cache of keys and values, [page, THREADS, nKvHeads, headDim] each, in the types
// KEY_TYPE and VALUE_TYPE. Softmax runs along with the sums (flash attention), so that only a tile
// of scores, those of a page, is ever held.
//
// words[positionAt + row] is a row's position in its sequence; words[tableAt + row] is where, in
// words, the numbers of its sequence's pages begin.

#include "group_sum.h"

#define F32 0
#define F16 1
#define Q8_0 8

#define STRIDE (32 + 1)
#define NEGATIVE_INFINITY AS_FLOAT(0xff800000u)

// Element i of a run that starts at p, of a whole number of blocks.
INLINE float cache_f32(Bytes p, int i) {
  return ((GLOBAL const float *)p)[i];
}

INLINE float cache_f16(Bytes p, int i) {
  return half_at(p + 2 * i);
}

INLINE float cache_q8_0(Bytes p, int i) {
  Bytes block = p + (u32)i / 32 * 34;
  return half_at(block) * (float)(i8)block[2 + (u32)i % 32];
}

// With keys in half precision queries are rounded to it too, as on the CPU.
#if KEY_TYPE == F16
#define KEY_AT cache_f16
#define AS_KEY_FACTOR(x) half_to_float(float_to_half(x))
#elif KEY_TYPE == Q8_0
#define KEY_AT cache_q8_0
#define AS_KEY_FACTOR(x) (x)
#else
#define KEY_AT cache_f32
#define AS_KEY_FACTOR(x) (x)
#endif

#if VALUE_TYPE == F16
#define VALUE_AT cache_f16
#elif VALUE_TYPE == Q8_0
#define VALUE_AT cache_q8_0
#else
#define VALUE_AT cache_f32
#endif

#define CACHE_BYTES(type, n) \
  ((type) == F16 ? (size_t)(n) * 2 : (type) == Q8_0 ? (size_t)(n) / 32 * 34 : (size_t)(n) * 4)

// Stores 32 elements, or what is left of width, as they are in a cache of this type.
INLINE void store_f32(GLOBAL u8 *to, GLOBAL const float *x, int n) {
  for (int i = 0; i < n; i++) {
    ((GLOBAL float *)to)[i] = x[i];
  }
}

INLINE void store_f16(GLOBAL u8 *to, GLOBAL const float *x, int n) {
  for (int i = 0; i < n; i++) {
    ((GLOBAL u16 *)to)[i] = float_to_half(x[i]);
  }
}

INLINE void store_q8_0(GLOBAL u8 *to, GLOBAL const float *x, int n) {
  float most = 0.0f;
  for (int i = 0; i < n; i++) {
    most = x[i] > most ? x[i] : most;
    most = -x[i] > most ? -x[i] : most;
  }
  float d = most / 127.0f;
  u16 scale = float_to_half(d);
  float inverse = scale == 0 ? 0.0f : 1.0f / d;
  *(GLOBAL u16 *)to = scale;
  for (int i = 0; i < n; i++) {
    to[2 + i] = (u8)(i8)ROUND_TO_INT(x[i] * inverse);
  }
}

#if KEY_TYPE == F16
#define STORE_KEYS store_f16
#elif KEY_TYPE == Q8_0
#define STORE_KEYS store_q8_0
#else
#define STORE_KEYS store_f32
#endif

#if VALUE_TYPE == F16
#define STORE_VALUES store_f16
#elif VALUE_TYPE == Q8_0
#define STORE_VALUES store_q8_0
#else
#define STORE_VALUES store_f32
#endif

// Row GROUP_Y of k and v [rows, width] into the caches; a thread stores 32 elements of each.
KERNEL(THREADS) store_kv(
    GLOBAL const float *RESTRICT k, GLOBAL const float *RESTRICT v, GLOBAL u8 *RESTRICT keys,
    GLOBAL u8 *RESTRICT values, GLOBAL const i32 *RESTRICT words, int positionAt, int tableAt,
    int width) {
  int first = 32 * (GROUP_X * THREADS + THREAD);
  if (first < width) {
    u32 position = words[positionAt + GROUP_Y];
    size_t page = words[words[tableAt + GROUP_Y] + position / THREADS];
    size_t row = page * THREADS + position % THREADS;
    int n = min(32, width - first);
    size_t from = (size_t)GROUP_Y * width + first;
    STORE_KEYS(
        keys + row * CACHE_BYTES(KEY_TYPE, width) + CACHE_BYTES(KEY_TYPE, first), k + from, n);
    STORE_VALUES(
        values + row * CACHE_BYTES(VALUE_TYPE, width) + CACHE_BYTES(VALUE_TYPE, first), v + from,
        n);
  }
}

INLINE float group_max(float value, LOCAL float *values) {
  BARRIER();
  values[THREAD] = value;
  for (int step = THREADS / 2; step > 0; step /= 2) {
    BARRIER();
    if (THREAD < step && values[THREAD + step] > values[THREAD]) {
      values[THREAD] = values[THREAD + step];
    }
  }
  BARRIER();
  return values[0];
}

// One head of row GROUP_Y of q over the last window positions up to its own, of which a group takes
// one of nSplits parts: GROUP_X = head * nSplits + part. THREADS positions are a tile, one for each thread.
//
// With one part, out [rows, nHeads, headDim] is what was found. With several, each leaves the
// largest score, the sum of weights and headDim weighted sums in partials [rows, nHeads, nSplits,
// headDim + 2] for attention_combine.
KERNEL(THREADS) attention(
    GLOBAL const float *RESTRICT q, GLOBAL const u8 *RESTRICT keys, GLOBAL const u8 *RESTRICT values,
    GLOBAL float *RESTRICT out, GLOBAL float *RESTRICT partials,
    GLOBAL const i32 *RESTRICT words, int positionAt, int tableAt, int nHeads, int nKvHeads,
    int headDim, float scale, int nSplits, int window) {
  LOCAL_ARRAY float query[MAX_HEAD_DIM];
  LOCAL_ARRAY float tile[THREADS * STRIDE];
  LOCAL_ARRAY float weights[THREADS];
  LOCAL_ARRAY float scratch[THREADS];
  LOCAL_ARRAY float sums[THREADS / 32 * MAX_HEAD_DIM];
  const int head = GROUP_X / nSplits;
  const int nPositions = words[positionAt + GROUP_Y] + 1;
  GLOBAL const i32 *pages = words + words[tableAt + GROUP_Y];
  const int firstSeen = max(0, nPositions - window);
  const int firstTile = firstSeen / THREADS;
  const int nTiles = (nPositions + THREADS - 1) / THREADS - firstTile;
  const int perSplit = (nTiles + nSplits - 1) / nSplits * THREADS;
  const int begin = min(firstTile * THREADS + GROUP_X % nSplits * perSplit, nPositions);
  const int end = min(begin + perSplit, nPositions);
  const size_t keyBytes = CACHE_BYTES(KEY_TYPE, nKvHeads * headDim);
  const size_t valueBytes = CACHE_BYTES(VALUE_TYPE, nKvHeads * headDim);
  const int kvHead = head / (nHeads / nKvHeads);
  Bytes key = keys + CACHE_BYTES(KEY_TYPE, kvHead * headDim);
  Bytes value = values + CACHE_BYTES(VALUE_TYPE, kvHead * headDim);
  const size_t outAt = (size_t)GROUP_Y * nHeads + head;
  for (int d = THREAD; d < headDim; d += THREADS) {
    query[d] = AS_KEY_FACTOR(q[outAt * headDim + d]);
  }
  // Dimension d of every 32 is summed by thread d of each 32, over its 32 positions of a tile.
  const int lane = (u32)THREAD % 32;
  const int part = (u32)THREAD / 32;
  LOCAL float *mySums = sums + part * MAX_HEAD_DIM;
  for (int d = lane; d < headDim; d += 32) {
    mySums[d] = 0.0f;
  }

  float most = NEGATIVE_INFINITY;
  float sum = 0.0f;
  for (int first = begin; first < end; first += THREADS) {
    const int nTile = min(THREADS, end - first);
    const size_t row = (size_t)pages[first / THREADS] * THREADS;
    float score = 0.0f;
    for (int d0 = 0; d0 < headDim; d0 += 32) {
      const int n = min(32, headDim - d0);
      BARRIER();
      for (int p = part; p < nTile; p += THREADS / 32) {
        if (lane < n) {
          tile[p * STRIDE + lane] = KEY_AT(key + (row + p) * keyBytes, d0 + lane);
        }
      }
      BARRIER();
      if (THREAD < nTile) {
        for (int d = 0; d < n; d++) {
          score = FMA(query[d0 + d], tile[THREAD * STRIDE + d], score);
        }
      }
    }
    const bool seen = THREAD < nTile && first + THREAD >= firstSeen;
    score = seen ? score * scale : NEGATIVE_INFINITY;
    const float newMost = max(most, group_max(score, scratch));
    const float correction = EXP(most - newMost);
    const float weight = seen ? EXP(score - newMost) : 0.0f;
    most = newMost;
    weights[THREAD] = weight;
    sum = sum * correction + group_sum(weight, scratch);
    for (int d = lane; d < headDim; d += 32) {
      float found = 0.0f;
      for (int p = 32 * part; p < min(32 * part + 32, nTile); p++) {
        found = FMA(weights[p], VALUE_AT(value + (row + p) * valueBytes, d), found);
      }
      mySums[d] = mySums[d] * correction + found;
    }
  }

  BARRIER();
  GLOBAL float *to = nSplits == 1 ? out + outAt * headDim
      : partials + (outAt * nSplits + GROUP_X % nSplits) * (headDim + 2) + 2;
  for (int d = THREAD; d < headDim; d += THREADS) {
    float found = 0.0f;
    for (int i = 0; i < THREADS / 32; i++) {
      found += sums[i * MAX_HEAD_DIM + d];
    }
    to[d] = nSplits == 1 ? found / sum : found;
  }
  if (nSplits > 1 && THREAD == 0) {
    to[-2] = most;
    to[-1] = sum;
  }
}

// Joins the parts of head GROUP_X of row GROUP_Y.
KERNEL(THREADS) attention_combine(
    GLOBAL const float *RESTRICT partials, GLOBAL float *RESTRICT out, int nHeads, int headDim,
    int nSplits) {
  const size_t outAt = (size_t)GROUP_Y * nHeads + GROUP_X;
  GLOBAL const float *from = partials + outAt * nSplits * (headDim + 2);
  float most = NEGATIVE_INFINITY;
  for (int s = 0; s < nSplits; s++) {
    most = max(most, from[s * (headDim + 2)]);
  }
  for (int d = THREAD; d < headDim; d += THREADS) {
    float found = 0.0f;
    float sum = 0.0f;
    for (int s = 0; s < nSplits; s++) {
      GLOBAL const float *split = from + s * (headDim + 2);
      float factor = EXP(split[0] - most);
      found = FMA(factor, split[2 + d], found);
      sum = FMA(factor, split[1], sum);
    }
    out[outAt * headDim + d] = found / sum;
  }
}
