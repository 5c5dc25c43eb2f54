// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/graph/node.hpp>

// Tensors of fewer than four dimensions as images of one row: (N, C) is (N, 1, 1, C), (N, W, C) is
// (N, 1, W, C), (C) is (1, 1, 1, C). Scalars and tensors of more dimensions stay as they are.
namespace linnet::inline LINNET_ISA::detail {

[[nodiscard]] constexpr bool has_image_form(std::size_t rank) { return rank >= 1 && rank < 4; }

/// Where dimension `axis` of a tensor of this rank goes.
[[nodiscard]] constexpr std::size_t image_axis(std::size_t axis, std::size_t rank) {
  bool const is_batch = axis == 0 && rank > 1;
  return has_image_form(rank) && !is_batch ? axis + 4 - rank : axis;
}

[[nodiscard]] constexpr shape image_form(shape const& s) {
  if (!has_image_form(s.rank())) return s;
  shape result{1, 1, 1, 1};
  for (std::size_t i = 0; i < s.rank(); ++i) result[image_axis(i, s.rank())] = s[i];
  return result;
}

/// A node's axes and amounts of padding for operands in that form. A transpose keeps the dimensions that came
/// in; the axes of a mean, and of other reductions, are in order.
[[nodiscard]] constexpr node in_image_form(node n, std::size_t rank) {
  auto const axes = n.axes;
  auto const padding = n.padding;
  bool const permutes = n.kind == op::transpose && has_image_form(rank);
  if (permutes) {
    n.axes = {};
    for (std::int32_t i = 0; i < 4; ++i) n.axes.push_back(i);
  }
  if (n.kind == op::slice && has_image_form(rank)) {  // steps, not dimensions
    n.axes = {};
    for (std::int32_t i = 0; i < 4; ++i) n.axes.push_back(1);
    for (std::size_t i = 0; i < rank; ++i) n.axes[image_axis(i, rank)] = axes[i];
  }
  for (std::size_t i = 0; n.kind != op::slice && i < axes.size(); ++i) {
    auto const mapped = static_cast<std::int32_t>(image_axis(static_cast<std::size_t>(axes[i]), rank));
    n.axes[permutes ? image_axis(i, rank) : i] = mapped;
  }
  for (std::size_t i = 1; (n.kind == op::mean || n.kind == op::reduce) && i < n.axes.size(); ++i) {
    for (std::size_t j = i; j > 0 && n.axes[j] < n.axes[j - 1]; --j) {
      std::int32_t const larger = n.axes[j - 1];
      n.axes[j - 1] = n.axes[j];
      n.axes[j] = larger;
    }
  }
  n.padding = {};
  for (std::size_t i = 0; i < rank; ++i) n.padding[image_axis(i, rank)] = padding[i];
  return n;
}

/// Whether a permutation moves nothing but dimensions of extent 1, so that the elements stay in order.
[[nodiscard]] constexpr bool keeps_order(shape const& s, static_vector<std::int32_t, max_rank> const& axes) {
  std::int32_t last = -1;
  for (std::int32_t axis : axes) {
    if (s[static_cast<std::size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

}  // namespace linnet::inline LINNET_ISA::detail
