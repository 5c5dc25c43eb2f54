// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

#include <linnet/graph/node.hpp>
#include <linnet/session/error.hpp>

namespace linnet::inline LINNET_ISA::io {

/// What files state of one dimension of a slice: from `begin` on, every `step`-th entry, up to but without
/// `end`. Negative indices count from behind; those outside are brought to the nearest end (NumPy's rule,
/// which TensorFlow Lite and ONNX share).
struct slice_range {
  std::int64_t begin, end, step = 1;  ///< as files state them; step is not 0
};

/// Sets dimension `i`, of so many entries, of a node of kind slice, whose `axes` are set for all dimensions.
/// Fails where the step is 0 or nothing is left.
[[nodiscard]] inline result<void> set_slice(node& n, std::size_t i, std::int32_t extent,
                                            slice_range const& range) {
  std::string const place = "dimension " + std::to_string(i) + ": ";
  bool const sound = range.step != 0 && range.step > std::numeric_limits<std::int64_t>::min();
  if (!sound) return fail(errc::invalid_graph, place + "a step of " + std::to_string(range.step));
  bool const forwards = range.step > 0;
  auto const inside = [&](std::int64_t at) {
    if (at < 0) at = std::max<std::int64_t>(at, -(std::int64_t{1} << 62)) + extent;
    return std::clamp<std::int64_t>(at, forwards ? 0 : -1, forwards ? extent : extent - 1);
  };
  std::int64_t const begin = inside(range.begin), end = inside(range.end);
  std::int64_t const first = forwards ? begin : end + 1, last = forwards ? end : begin + 1;
  if (first >= last) return fail(errc::not_supported, place + "a slice of no entries is not supported");
  // Steps over one entry or less are none: what is left then has steps below its extent.
  bool const is_one = last - first <= (forwards ? range.step : -range.step);
  std::int64_t const only = forwards ? first : last - 1;
  n.padding[i] = {static_cast<std::int32_t>(is_one ? only : first),
                  static_cast<std::int32_t>(extent - (is_one ? only + 1 : last))};
  n.axes[i] = is_one ? 1 : static_cast<std::int32_t>(range.step);
  return {};
}

/// What such a node leaves of a shape of as many dimensions.
[[nodiscard]] inline shape sliced(shape s, node const& n) {
  for (std::size_t i = 0; i < s.rank(); ++i) {
    std::int32_t const step = std::abs(n.axes[i]);
    s[i] = (s[i] - n.padding[i].before - n.padding[i].after - 1) / step + 1;
  }
  return s;
}

/// A node of kind slice that takes everything of so many dimensions.
[[nodiscard]] inline node whole_slice(std::size_t rank) {
  node n;
  n.kind = op::slice;
  for (std::size_t i = 0; i < rank; ++i) n.axes.push_back(1);
  return n;
}

}  // namespace linnet::inline LINNET_ISA::io
