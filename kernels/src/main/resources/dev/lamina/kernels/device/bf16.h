INLINE float element(Bytes p) {
  return AS_FLOAT(u16_at(p) << 16);
}

#include "floats.h"
