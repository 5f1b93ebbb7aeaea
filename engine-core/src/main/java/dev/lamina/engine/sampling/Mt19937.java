package dev.lamina.engine.sampling;

/**
 * The 32-bit Mersenne Twister of Matsumoto and Nishimura (1998), seeded as their 2002 version and
 * as the C++ standard's {@code std::mt19937}.
 */
public final class Mt19937 {
  private static final int N = 624;
  private static final int M = 397;
  private static final int TWIST = 0x9908b0df;
  private static final int TOP_BIT = 0x80000000;

  private final int[] state = new int[N];
  private int next = N;

  public Mt19937(int seed) {
    state[0] = seed;
    for (int i = 1; i < N; i++) {
      int previous = state[i - 1];
      state[i] = 1812433253 * (previous ^ (previous >>> 30)) + i;
    }
  }

  /** The next 32 random bits. */
  public int nextInt() {
    if (next == N) {
      twist();
      next = 0;
    }
    int x = state[next++];
    x ^= x >>> 11;
    x ^= (x << 7) & 0x9d2c5680;
    x ^= (x << 15) & 0xefc60000;
    return x ^ (x >>> 18);
  }

  /**
   * A number from 0 to below 1, from two draws; the first is the less significant one. Equals
   * {@code std::uniform_real_distribution<double>} over a 32-bit generator.
   */
  double nextDouble() {
    double low = Integer.toUnsignedLong(nextInt());
    double high = Integer.toUnsignedLong(nextInt());
    double value = (low + high * 0x1p32) * 0x1p-64;
    return Math.min(value, Math.nextDown(1.0));
  }

  /**
   * A number from 0 to below 1, from one draw. Equals {@code std::uniform_real_distribution<float>}
   * over a 32-bit generator.
   */
  float nextFloat() {
    float value = Integer.toUnsignedLong(nextInt()) * 0x1p-32f;
    return Math.min(value, Math.nextDown(1.0f));
  }

  private void twist() {
    for (int i = 0; i < N; i++) {
      int joined = (state[i] & TOP_BIT) | (state[(i + 1) % N] & ~TOP_BIT);
      state[i] = state[(i + M) % N] ^ (joined >>> 1) ^ ((joined & 1) == 0 ? 0 : TWIST);
    }
  }
}
