// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include <linnet/config/arch.hpp>
#include <linnet/kernels/channel_records.hpp>
#include <linnet/kernels/transpose_conv2d/descriptor.hpp>

namespace linnet::inline LINNET_ISA::kernels::transpose_conv2d {

/// Writes the packed stream of one transposed convolution. `from.weights` is (output channel, ky, kx, input
/// channel); `to` has as many bytes as the traits say. The bias stays as it is: how many taps reach an output
/// depends on where it lies.
constexpr void pack(problem const& p, constants const& from, std::byte* to, arch::scalar) {
  with_arithmetic(p.input_type, p.rounding, [&]<class T, class Policy>(std::type_identity<T>, Policy policy) {
    pack_channel_records<T, Policy>(policy, {p.taps() * p.input.channels, 0}, p.output.channels,
                                    {p.input_quantization.scale, 0}, p.output_quantization,
                                    p.weight_zero_point, from, to);
  });
}

/// Reads the weights back, in the order that `pack` took them.
constexpr void unpack_weights(problem const& p, std::byte const* packed, std::byte* weights, arch::scalar) {
  with_arithmetic(p.input_type, p.rounding, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
    unpack_channel_records<T, Policy>({p.taps() * p.input.channels, 0}, p.output.channels, packed, weights);
  });
}

}  // namespace linnet::inline LINNET_ISA::kernels::transpose_conv2d
