// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <string>
#include <string_view>

#include <linnet/kernels/kernels.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA {

namespace detail {

template <class Tag, class F>
bool call_if_named(std::string_view name, F const& f) {
  if (name != Tag::name) return false;
  f(kernels::with_own_kernels<Tag>{});
  return true;
}

}  // namespace detail

/// Every architecture's tag, by parents first.
using all_architectures =
    kernels::type_list<arch::scalar, arch::arm_dsp_general, arch::arm_dsp, arch::arm_mve, arch::neon64,
                       arch::neon64_dot, arch::neon64_i8mm, arch::avx2, arch::avx_vnni, arch::avx512bw,
                       arch::avx512_vnni, arch::amx_int8>;

/// Calls `f(tag)` for the architecture of that name ("native": the one of this build), with the nearest tag
/// that selects the same kernels; false where there is none of that name.
template <class F>
[[nodiscard]] bool with_arch(std::string_view name, F const& f) {
  if (name == "native") name = arch::native::name;
  return [&]<class... Tag>(kernels::type_list<Tag...>) {
    return (detail::call_if_named<Tag>(name, f) || ...);
  }(all_architectures{});
}

/// "scalar, arm_dsp, ...": what `with_arch` knows, for messages.
[[nodiscard]] inline std::string architecture_names() {
  std::string names = "native";
  [&]<class... Tag>(kernels::type_list<Tag...>) {
    (names.append(", ").append(Tag::name), ...);
  }(all_architectures{});
  return names;
}

/// The error of a name that `with_arch` does not know.
[[nodiscard]] inline unexpected<error> unknown_architecture(std::string_view name) {
  return fail(errc::wrong_argument,
              "there is no architecture '" + std::string(name) + "'; linnet knows " + architecture_names());
}

}  // namespace linnet::inline LINNET_ISA
