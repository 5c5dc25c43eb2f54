// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <utility>
#include <vector>

#include <linnet/base/bytes.hpp>
#include <linnet/base/half.hpp>
#include <linnet/io/conformance/test_case.hpp>

namespace linnet::inline LINNET_ISA::io::conformance {

/// A case of float16 as one of float32: every array of halves widened, which is exact. linnet has no kernels
/// that calculate in float16: it stores halves and calculates in float32.
[[nodiscard]] inline test_case wider_case(test_case from) {
  from.variant = "f32";
  for (auto& [role, array] : from.tensors) {
    if (array.type != data_type::f16) continue;
    std::vector<std::byte> wide(2 * array.data.size());
    for (std::size_t at = 0; at < array.data.size(); at += sizeof(half))
      store(wide.data() + 2 * at, widened(load<half>(array.data.data() + at)));
    array.type = data_type::f32;
    array.data = std::move(wide);
  }
  return from;
}

}  // namespace linnet::inline LINNET_ISA::io::conformance
