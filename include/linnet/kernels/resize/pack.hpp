// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/base/bytes.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/kernels/resize/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::resize {

/// Writes where each output row and each output column comes from.
constexpr void pack(problem const& p, constants const&, std::byte* to, arch::scalar) {
  auto const write = [&](resized_extent const& e) {
    for (std::int32_t i = 0; i < e.output; ++i, to += 8) {
      bool const is_real = computed_type(p) == f32;
      sampled_entry entry{.index = nearest_of(e, p.how, i)};
      if (p.how.method == interpolation::linear)
        entry = is_real ? between(e, p.how.sampling, i) : between_integers(e, p.how.sampling, i);
      store(to, entry.index);
      if (is_real) store(to + 4, entry.real);
      if (!is_real) store(to + 4, entry.part);
    }
  };
  write({p.input.height, p.output.height, p.rows_stated});
  write({p.input.width, p.output.width, p.columns_stated});
}

}  // namespace linnet::inline LINNET_ISA::kernels::resize
