INLINE float element(Bytes p) {
  return *(GLOBAL const float *)p;
}

#include "floats.h"
