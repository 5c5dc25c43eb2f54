// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include <linnet/config/arch.hpp>

/// The rooms of include/linnet and what each may include: kept here once.
namespace rooms {

struct room {
  std::string_view name;
  bool device;                                // compiles for firmware
  std::vector<std::string_view> may_include;  // directly named; what those may include is included too
};

inline std::vector<room> const table = {
    {"config", true, {}},
    {"base", true, {"config"}},
    {"tensor", true, {"base"}},
    {"quantization", true, {"tensor"}},
    {"graph", true, {"quantization"}},
    {"planner", true, {"base"}},
    {"kernels", true, {"quantization"}},
    {"runtime", true, {"graph", "planner", "kernels"}},
    {"models", true, {"graph"}},
    {"session", false, {"runtime", "models"}},
    {"quantizer", false, {"session"}},
    {"io", false, {"session"}},
    {"analysis", false, {"session"}},
    {"capi", false, {"io"}},
};

/// What a device header may take from the standard library: the freestanding headers, and four more that
/// every microcontroller toolchain's library has.
inline std::vector<std::string_view> const freestanding = {
    "array",  "bit", "compare", "concepts",    "cstddef", "cstdint", "initializer_list",
    "limits", "new", "span",    "type_traits", "utility"};

/// What a header for programs in C may include: what C99 has freestanding, and C++ too.
inline std::vector<std::string_view> const headers_of_c = {"stddef.h", "stdint.h"};

/// Headers of intrinsics: an architecture's own file in kernels/ is their only place.
inline std::vector<std::string_view> const intrinsics = {"immintrin.h", "x86intrin.h", "arm_neon.h",
                                                         "arm_acle.h",  "arm_mve.h",   "arm_sve.h",
                                                         "emmintrin.h", "tmmintrin.h", "smmintrin.h"};

/// Names of files that may hold an architecture's kernels.
inline std::vector<std::string_view> const architectures = {linnet::arch::arm_dsp_general::name,
                                                            linnet::arch::arm_dsp::name,
                                                            linnet::arch::arm_mve::name,
                                                            linnet::arch::neon64::name,
                                                            linnet::arch::neon64_dot::name,
                                                            linnet::arch::neon64_i8mm::name,
                                                            linnet::arch::avx2::name,
                                                            linnet::arch::avx_vnni::name,
                                                            linnet::arch::avx512bw::name,
                                                            linnet::arch::avx512_vnni::name,
                                                            linnet::arch::amx_int8::name};

inline bool contains(std::vector<std::string_view> const& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

inline room const* find(std::string_view name) {
  auto const found = std::find_if(table.begin(), table.end(), [&](room const& r) { return r.name == name; });
  return found == table.end() ? nullptr : &*found;
}

/// Whether a header of one room may include a header of another, directly or through what that one may
/// include.
inline bool may_include(std::string_view from, std::string_view to) {
  if (from == to) return true;
  room const* const source = find(from);
  return source != nullptr && std::any_of(source->may_include.begin(), source->may_include.end(),
                                          [&](std::string_view next) { return may_include(next, to); });
}

}  // namespace rooms
