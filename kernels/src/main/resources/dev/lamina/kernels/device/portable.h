// One dialect over OpenCL C 1.2 and CUDA C++: the same text compiles as both. Arithmetic is never
// contracted to fused operations except where FMA says so (CUDA: --fmad=false).

#ifdef __OPENCL_VERSION__

#pragma OPENCL FP_CONTRACT OFF

typedef uchar u8;
typedef char i8;
typedef ushort u16;
typedef short i16;
typedef uint u32;
typedef int i32;
typedef ulong u64;
typedef long i64;

// A kernel that is launched with groups of exactly this many threads, a constant.
#define KERNEL(threads) __kernel __attribute__((reqd_work_group_size(threads, 1, 1))) void
#define INLINE static inline
// Qualifiers of pointers; LOCAL_ARRAY and CONSTANT declare memory.
#define GLOBAL __global
#define LOCAL __local
#define LOCAL_ARRAY __local __attribute__((aligned(16)))
#define CONSTANT __constant
#define RESTRICT restrict

#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE)
#define GROUP_X ((int)get_group_id(0))
#define GROUP_Y ((int)get_group_id(1))
#define GROUP_Z ((int)get_group_id(2))
#define THREAD ((int)get_local_id(0))
#define N_THREADS ((int)get_local_size(0))

#define AS_FLOAT(bits) as_float((u32)(bits))
#define AS_U32(value) as_uint(value)
#define POPCOUNT(bits) ((u32)popcount((u32)(bits)))
#define EXP(x) exp(x)
#define SQRT(x) sqrt(x)
#define ROUND_TO_INT(x) convert_int_rte(x)
#ifdef FP_FAST_FMAF
#define FMA(a, b, c) fma(a, b, c)
#else
#define FMA(a, b, c) mad(a, b, c)
#endif

// Exact, subnormals included.
INLINE float half_to_float(u16 bits) {
  return vload_half(0, (const __private half *)&bits);
}

// Rounds to nearest, ties to even; too large becomes infinite.
INLINE u16 float_to_half(float value) {
  u16 bits;
  vstore_half_rte(value, 0, (__private half *)&bits);
  return bits;
}

#else

typedef unsigned char u8;
typedef signed char i8;
typedef unsigned short u16;
typedef short i16;
typedef unsigned int u32;
typedef int i32;
typedef unsigned long long u64;
typedef long long i64;

#define KERNEL(threads) extern "C" __global__ void __launch_bounds__(threads)
#define INLINE static __device__ __forceinline__
#define GLOBAL
#define LOCAL
#define LOCAL_ARRAY __shared__ __align__(16)
#define CONSTANT static __device__ const
#define RESTRICT __restrict__

#define BARRIER() __syncthreads()
#define GROUP_X ((int)blockIdx.x)
#define GROUP_Y ((int)blockIdx.y)
#define GROUP_Z ((int)blockIdx.z)
#define THREAD ((int)threadIdx.x)
#define N_THREADS ((int)blockDim.x)

#define AS_FLOAT(bits) __uint_as_float((u32)(bits))
#define AS_U32(value) __float_as_uint(value)
#define POPCOUNT(bits) ((u32)__popc((u32)(bits)))
#define EXP(x) expf(x)
#define SQRT(x) sqrtf(x)
#define ROUND_TO_INT(x) __float2int_rn(x)
#define FMA(a, b, c) __fmaf_rn(a, b, c)

INLINE float half_to_float(u16 bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
}

INLINE u16 float_to_half(float value) {
  u16 bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
  return bits;
}

#endif

#define UNROLL _Pragma("unroll")
#define UNROLL_4 _Pragma("unroll 4")
#define JOIN(a, b) JOIN_EXPANDED(a, b)
#define JOIN_EXPANDED(a, b) a##b

typedef GLOBAL const u8 *Bytes;

// Loads from an address of which only this alignment is known, as a wider load would fault.
INLINE u32 u16_at(Bytes p) {
  return *(GLOBAL const u16 *)p;
}

INLINE u32 u32_at_any(Bytes p) {
  return p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24;
}

INLINE u32 u32_at_2(Bytes p) {
  return u16_at(p) | u16_at(p + 2) << 16;
}

INLINE u32 u32_at_4(Bytes p) {
  return *(GLOBAL const u32 *)p;
}

INLINE uint4 words_at_16(Bytes p) {
  return *(GLOBAL const uint4 *)p;
}

INLINE float half_at(Bytes p) {
  return half_to_float((u16)u16_at(p));
}
