// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/depthwise/descriptor.hpp>
#include <linnet/kernels/depthwise/layout.hpp>

namespace linnet::inline LINNET_ISA::kernels::depthwise {

/// Writes the packed stream of one depthwise convolution. `from.weights` is (ky, kx, output channel); `to`
/// has as many bytes as the traits say.
constexpr void pack(problem const& p, constants const& from, std::byte* to, arch::scalar) {
  with_arithmetic(p.input_type, p.rounding, [&]<class T, class Policy>(std::type_identity<T>, Policy policy) {
    std::int64_t const channels = p.output.channels, size = sizeof(T);
    tap_planes<T, Policy> const planes{p.taps(), p.input.channels, channels};
    store_zero_points<T>(to, p.input.channels, p.input_quantization.zero_point);
    copy_bytes(to + planes.weights_at(), from.weights.data(),
               static_cast<std::size_t>(p.taps() * channels * size));
    for (std::int64_t o = 0; o < channels; ++o) {
      store(to + planes.bias_at() + o * 4,
            folded_bias<T>(bias_of<T>(from, o), from.weights.data() + o * size, p.taps(), channels * size,
                           p.weight_zero_point, p.input_quantization.zero_point));
      store_factor<Policy>(
          to + planes.factors_at() + o * factor_bytes<Policy>,
          policy.prepare(p.input_quantization.scale, weight_scale_of(from, o), p.output_quantization.scale));
    }
  });
}

/// Reads the weights back, in the order that `pack` took them.
constexpr void unpack_weights(problem const& p, std::byte const* packed, std::byte* weights, arch::scalar) {
  with_arithmetic(p.input_type, p.rounding, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
    tap_planes<T, Policy> const planes{p.taps(), p.input.channels, p.output.channels};
    copy_bytes(weights, packed + planes.weights_at(),
               static_cast<std::size_t>(p.taps() * p.output.channels * std::int64_t{sizeof(T)}));
  });
}

}  // namespace linnet::inline LINNET_ISA::kernels::depthwise
