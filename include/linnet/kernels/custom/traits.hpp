// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/custom/descriptor.hpp>
#include <linnet/kernels/traits.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// What the user states; rows go one by one between images of one height only.
template <>
struct traits<custom::problem, arch::scalar> : bare_traits {
  static constexpr bool supports(custom::problem const& p) {
    if (!is_named(p.definition) || !p.definition->supports(p)) return false;
    if (!p.definition->by_rows) return true;
    image_shape const from = input_image_of(p), to = image_of(p);
    bool const of_one_shape = p.operands < 2 || p.inputs[0].shape == p.inputs[1].shape;
    bool const of_one_type = p.operands < 2 || p.inputs[0].type == p.inputs[1].type;
    return from.batch == to.batch && from.height == to.height && of_one_shape && of_one_type;
  }
  static constexpr overwriting overwrites(custom::problem const& p) {
    if (!p.definition->in_place) return overwriting::never;
    return p.definition->by_rows ? overwriting::rows : overwriting::whole;
  }
  static constexpr std::int64_t scratch_bytes(custom::problem const& p) {
    return p.definition->scratch_bytes(p);
  }
};

}  // namespace linnet::inline LINNET_ISA::kernels
