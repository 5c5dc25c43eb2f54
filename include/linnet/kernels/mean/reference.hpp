// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/mean/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::mean {

/// Clears the sums: `state` holds (output width, output channels) accumulators.
template <class Extent, class T, class Policy>
constexpr void begin(descriptor<Extent, T, Policy> const& d, row_span const&, std::byte* state,
                     arch::scalar) {
  for (std::int32_t i = 0; i < d.output_width * d.output_channels; ++i)
    store(state + i * 4, accumulator<T>{});
}

/// Adds one input row (width, channels).
template <class Extent, class T, class Policy>
constexpr void row(descriptor<Extent, T, Policy> const& d, input_row const& input, row_span const&,
                   std::byte* state, arch::scalar) {
  for (std::int32_t x = 0; x < d.width; ++x) {
    std::byte const* const pixel = input.data + std::int64_t{x} * input.pixel_stride;
    std::byte* const sums = state + (d.output_width == 1 ? 0 : x) * d.output_channels * 4;
    for (std::int32_t c = 0; c < d.channels; ++c) {
      std::byte* const sum = sums + (d.output_channels == 1 ? 0 : c) * 4;
      store(sum, static_cast<accumulator<T>>(load_aligned<accumulator<T>>(sum) +
                                             load<T>(pixel + c * std::int32_t{sizeof(T)})));
    }
  }
}

/// Divides and writes one output row (`arithmetic.md`, mean).
template <class Extent, class T, class Policy>
constexpr void end(descriptor<Extent, T, Policy> const& d, std::int32_t, row_span const& out,
                   std::byte* state, arch::scalar) {
  for (std::int32_t x = 0; x < d.output_width; ++x) {
    std::byte* const pixel = out.data + std::int64_t{x} * out.pixel_stride;
    for (std::int32_t c = 0; c < d.output_channels; ++c) {
      auto const sum = load_aligned<accumulator<T>>(state + (x * d.output_channels + c) * 4);
      T result{};
      if constexpr (std::floating_point<T>) {
        result = sum / static_cast<float>(d.count);
      } else {
        result = d.output.template operator()<Policy>(sum - d.count * d.input_zero_point, d.factor);
      }
      store(pixel + c * std::int32_t{sizeof(T)}, result);
    }
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::mean
