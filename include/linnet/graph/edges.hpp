// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/graph/node.hpp>

// Padding with what a tensor itself holds: slices of it, side by side with it along one dimension after the
// other.
namespace linnet::inline LINNET_ISA {

/// What lies around a tensor a b c d, two entries on either side.
enum class edge_rule : std::uint8_t {
  reflect,    // c b | a b c d | c b
  symmetric,  // b a | a b c d | d c
  nearest,    // a a | a b c d | d d
  wrap        // c d | a b c d | a b
};

/// How many entries in a row one such slice can fill of a dimension of `extent`; `nearest` repeats one entry.
[[nodiscard]] constexpr std::int32_t most_padding(edge_rule rule, std::int32_t extent) {
  return rule == edge_rule::nearest ? 1 : rule == edge_rule::reflect ? extent - 1 : extent;
}

/// The slice that fills `amount` entries in front of dimension `d` of a tensor, or behind it. Precondition:
/// amount is from 1 to `most_padding`.
[[nodiscard]] constexpr node edge_slice(shape const& s, std::size_t d, edge_rule rule, std::int32_t amount,
                                        bool behind) {
  node n{.kind = op::slice};
  for (std::size_t i = 0; i < s.rank(); ++i) n.axes.push_back(1);
  std::int32_t const skipped = rule == edge_rule::reflect ? 1 : 0, left = s[d] - amount - skipped;
  bool const takes_last = behind != (rule == edge_rule::wrap);
  n.padding[d] = takes_last ? edge_padding{left, skipped} : edge_padding{skipped, left};
  if (rule == edge_rule::reflect || rule == edge_rule::symmetric) n.axes[d] = amount > 1 ? -1 : 1;
  return n;
}

}  // namespace linnet::inline LINNET_ISA
