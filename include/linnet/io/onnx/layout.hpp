// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/config/hosted.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

#include <linnet/graph/node.hpp>

// ONNX counts dimensions (batch, channels, rows, columns); linnet's kernels store (batch, rows, columns,
// channels). While a file is read, every activation therefore carries the order it is stored in, and moving
// dimensions or reshaping is a note on the value until an operator cannot do with the order at hand.
namespace linnet::inline LINNET_ISA::io::onnx {

/// Which dimension of the file's tensor is stored at each place, outermost first.
using dimension_order = static_vector<std::int32_t, max_rank>;

/// An activation as the file's operators see it and as the network stores it.
struct stored_value {
  tensor_id id = -1;        ///< -1: it is no activation
  shape stated{};           ///< what the file's operators see
  shape base{};             ///< the same before reshapes that are still only noted; mostly equal to `stated`
  dimension_order order{};  ///< the tensor's extent i is base[order[i]]
  /// Whether a reshape is still only noted.
  [[nodiscard]] bool is_reshaped() const { return !(stated == base); }
};

/// The file's own order.
[[nodiscard]] inline dimension_order stated_order(std::size_t rank) {
  dimension_order order;
  for (std::size_t i = 0; i < rank; ++i) order.push_back(static_cast<std::int32_t>(i));
  return order;
}

/// The order of the kernels of images: channels innermost. Precondition: rank is at least 2.
[[nodiscard]] inline dimension_order channels_last(std::size_t rank) {
  dimension_order order;
  order.push_back(0);
  for (std::size_t i = 2; i < rank; ++i) order.push_back(static_cast<std::int32_t>(i));
  order.push_back(1);
  return order;
}

/// The dimensions for which `last(dimension)` is false in their own order, then the others in theirs.
template <class Predicate>
[[nodiscard]] dimension_order with_last(std::size_t rank, Predicate const& last) {
  dimension_order order;
  for (bool now : {false, true}) {
    for (std::size_t i = 0; i < rank; ++i) {
      if (static_cast<bool>(last(i)) == now) order.push_back(static_cast<std::int32_t>(i));
    }
  }
  return order;
}

/// Where a dimension is stored.
[[nodiscard]] inline std::int32_t place_of(dimension_order const& order, std::int32_t dimension) {
  std::int32_t place = 0;
  while (order[static_cast<std::size_t>(place)] != dimension) ++place;
  return place;
}

/// Extent i of the result is extent order[i].
[[nodiscard]] inline shape permuted(shape const& s, dimension_order const& order) {
  shape result;
  for (std::int32_t dimension : order) result.push_back(s[static_cast<std::size_t>(dimension)]);
  return result;
}

/// Whether two orders of one shape are the same bytes: they may differ in extents of 1 only.
[[nodiscard]] inline bool same_memory(shape const& s, dimension_order const& a, dimension_order const& b) {
  auto const moving = [&](dimension_order const& order) {
    dimension_order kept;
    for (std::int32_t dimension : order) {
      if (s[static_cast<std::size_t>(dimension)] != 1) kept.push_back(dimension);
    }
    return kept;
  };
  return moving(a) == moving(b);
}

/// For each element of the permuted tensor, in its order, the index of that element in the tensor of shape
/// `s`.
[[nodiscard]] inline std::vector<std::int64_t> permuted_indices(shape const& s,
                                                                dimension_order const& order) {
  static_vector<std::int64_t, max_rank> strides, at;
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::int64_t stride = 1;
    for (auto d = static_cast<std::size_t>(order[i]) + 1; d < s.rank(); ++d) stride *= s[d];
    strides.push_back(stride);
    at.push_back(0);
  }
  shape const extents = permuted(s, order);
  std::vector<std::int64_t> indices(static_cast<std::size_t>(s.elements()));
  std::int64_t index = 0;
  for (std::int64_t& here : indices) {
    here = index;
    for (std::size_t i = extents.rank(); i-- > 0;) {  // an odometer: the innermost wheel turns first
      index += strides[i];
      if (++at[i] < extents[i]) break;
      index -= at[i] * strides[i];
      at[i] = 0;
    }
  }
  return indices;
}

/// The value with its dimensions moved: dimension i of the result is dimension axes[i]. Nothing is stored
/// anew. Precondition: no noted reshape; `axes` is a permutation of the rank.
[[nodiscard]] inline stored_value transposed(stored_value const& v, dimension_order const& axes) {
  stored_value result{.id = v.id, .stated = permuted(v.stated, axes), .base = {}, .order = {}};
  result.base = result.stated;
  for (std::int32_t dimension : v.order) result.order.push_back(place_of(axes, dimension));
  return result;
}

}  // namespace linnet::inline LINNET_ISA::io::onnx
