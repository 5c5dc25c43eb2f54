// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <linnet/io/conformance/test_case.hpp>
#include <linnet/session/widened.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

/// A case of float16 as one of float32: every array of halves widened, which is exact. linnet has no kernels
/// that calculate in float16: it stores halves and calculates in float32.
[[nodiscard]] inline test_case wider_case(test_case from) {
  from.variant = "f32";
  for (auto& [role, array] : from.tensors) {
    if (array.type != data_type::f16) continue;
    array.type = data_type::f32;
    array.data = widened_halves(array.data);
  }
  return from;
}

}  // namespace linnet::inline LINNET_ISA::io::conformance
