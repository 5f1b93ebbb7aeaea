// The sum of all threads' values, in a fixed order; every thread gets it.
INLINE float group_sum(float value, LOCAL float *sums) {
  BARRIER();
  sums[THREAD] = value;
  for (int step = THREADS / 2; step > 0; step /= 2) {
    BARRIER();
    if (THREAD < step) {
      sums[THREAD] += sums[THREAD + step];
    }
  }
  BARRIER();
  return sums[0];
}
