// SPDX-License-Identifier: MIT
#pragma once

// Of xsimd only the names of its tags: whoever computes with batches includes xsimd, and nobody else pays for
// the intrinsics of the machine.
namespace xsimd {
struct unavailable;
struct neon64;
struct avx2;
struct avx512bw;
}  // namespace xsimd

// The one place that asks the compiler which machine it builds for. `LINNET_ARCH` is the best tag below that
// the flags allow; `LINNET_ISA` names the inline namespace that keeps translation units built with different
// flags apart (they would otherwise share inline functions, and the linker keeps one body of each).
#if defined(__AMX_INT8__) && defined(__AMX_TILE__) && defined(__AVX512VNNI__) && defined(__AVX512BW__)
#define LINNET_ARCH amx_int8
#define LINNET_ISA isa_amx_int8
#elif defined(__AVX512VNNI__) && defined(__AVX512BW__)
#define LINNET_ARCH avx512_vnni
#define LINNET_ISA isa_avx512_vnni
#elif defined(__AVX512BW__)
#define LINNET_ARCH avx512bw
#define LINNET_ISA isa_avx512bw
#elif defined(__AVXVNNI__) && defined(__AVX2__)
#define LINNET_ARCH avx_vnni
#define LINNET_ISA isa_avx_vnni
#elif defined(__AVX2__)
#define LINNET_ARCH avx2
#define LINNET_ISA isa_avx2
#elif defined(__aarch64__) && defined(__ARM_FEATURE_MATMUL_INT8)
#define LINNET_ARCH neon64_i8mm
#define LINNET_ISA isa_neon64_i8mm
#elif defined(__aarch64__) && defined(__ARM_FEATURE_DOTPROD)
#define LINNET_ARCH neon64_dot
#define LINNET_ISA isa_neon64_dot
#elif defined(__aarch64__)
#define LINNET_ARCH neon64
#define LINNET_ISA isa_neon64
#elif defined(__ARM_FEATURE_MVE) && (__ARM_FEATURE_MVE & 1)
#define LINNET_ARCH arm_mve
#define LINNET_ISA isa_arm_mve
#define LINNET_HAS_ARM_MVE 1
#define LINNET_HAS_ARM_DSP 1  // so have all cores with Helium
#elif defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M' && defined(__ARM_FEATURE_DSP)
#define LINNET_ARCH arm_dsp
#define LINNET_ISA isa_arm_dsp
#define LINNET_HAS_ARM_DSP 1
#else
#define LINNET_ARCH scalar
#define LINNET_ISA isa_scalar
#define LINNET_NATIVE_IS_SCALAR 1
#endif

/// Architecture tags. Each derives from the one whose kernels it can run, so that a missing overload falls to
/// its parent; `simd` is the xsimd tag it stands for (`xsimd::unavailable` where xsimd has none).
namespace linnet::inline LINNET_ISA::arch {

/// Plain C++: every machine runs its kernels.
struct scalar {
  using parent = void;                           ///< the tag whose kernels run where this one has none
  using simd = xsimd::unavailable;               ///< what xsimd calls it
  static constexpr char const* name = "scalar";  ///< as reports and generated headers spell it
};

/// The same instructions on streams that scalar kernels read, too.
struct arm_dsp_general : scalar {
  using parent = scalar;
  static constexpr char const* name = "arm_dsp_general";
};
/// SMLAD on packed halfwords: Cortex-M4, M7, M33.
struct arm_dsp : arm_dsp_general {
  using parent = arm_dsp_general;
  static constexpr char const* name = "arm_dsp";
};
/// Helium: Cortex-M55, M85.
struct arm_mve : arm_dsp {
  using parent = arm_dsp;
  static constexpr char const* name = "arm_mve";
};

/// NEON of 64-bit Arm.
struct neon64 : scalar {
  using parent = scalar;
  using simd = xsimd::neon64;
  static constexpr char const* name = "neon64";
};
/// SDOT, UDOT.
struct neon64_dot : neon64 {
  using parent = neon64;
  static constexpr char const* name = "neon64_dot";
};
/// SMMLA, USDOT.
struct neon64_i8mm : neon64_dot {
  using parent = neon64_dot;
  static constexpr char const* name = "neon64_i8mm";
};

/// AVX2 of x86: 32 bytes a vector.
struct avx2 : scalar {
  using parent = scalar;
  using simd = xsimd::avx2;
  static constexpr char const* name = "avx2";
};
/// VPDPBUSD on vectors of AVX2.
struct avx_vnni : avx2 {
  using parent = avx2;
  static constexpr char const* name = "avx_vnni";
};
/// AVX-512 with operations on bytes and words: 64 bytes a vector.
struct avx512bw : avx2 {
  using parent = avx2;
  using simd = xsimd::avx512bw;
  static constexpr char const* name = "avx512bw";
};
/// VPDPBUSD on vectors of AVX-512.
struct avx512_vnni : avx512bw {
  using parent = avx512bw;
  static constexpr char const* name = "avx512_vnni";
};
/// TDPBSSD and its like on tiles of 16 rows of 64 bytes.
struct amx_int8 : avx512_vnni {
  using parent = avx512_vnni;
  static constexpr char const* name = "amx_int8";
};

/// The best tag the compiler's flags allow.
using native = LINNET_ARCH;

}  // namespace linnet::inline LINNET_ISA::arch
