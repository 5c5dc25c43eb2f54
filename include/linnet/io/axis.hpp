// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA::io {

/// An axis that may count from the end, as the number of a dimension.
[[nodiscard]] inline result<std::int32_t> dimension(std::int64_t axis, std::size_t rank) {
  auto const count = static_cast<std::int64_t>(rank);
  if (axis >= -count && axis < count) return static_cast<std::int32_t>(axis < 0 ? axis + count : axis);
  return fail(errc::invalid_graph,
              "axis " + std::to_string(axis) + " is outside a tensor of rank " + std::to_string(rank));
}

}  // namespace linnet::inline LINNET_ISA::io
