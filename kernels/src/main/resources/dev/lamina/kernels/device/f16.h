INLINE float element(Bytes p) {
  return half_at(p);
}

#include "floats.h"
