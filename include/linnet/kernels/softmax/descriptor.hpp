// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstdint>

#include <linnet/kernels/contract.hpp>

/// Softmax along the channels of each pixel. Operands, elements side by side: inputs[0] and output (batch,
/// height, width, channels). No constants.
/// Without a graph (runtime/whole_layer.hpp):
/// ```
/// softmax::problem const p{.type = f32, .image = {1, 1, 1, 10}};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::softmax {

/// output[x, c] = e^(beta * input[x, c]) / sum over k of e^(beta * input[x, k]), for every pixel x. Integers
/// have the output scale 1/256, those of 16 bits 1/32768, and 16 bits made of 8 have 1/65536. Floats: or the
/// logarithm of that.
struct problem {
  element_type type = s8;                                ///< of the input
  image_shape image;                                     ///< each pixel by itself
  float beta = 1.0f;                                     ///< finite; integers: above 0
  quantization input_quantization, output_quantization;  ///< none of floats
  multiplier factor{};     ///< in place of what beta and the input's scale make; none where q31 is 0
  bool logarithm = false;  ///< floats: ln of the softmax
  bool widens = false;     ///< s8: the output is s16; for calls without a graph, where s16 is around 0 alone

  /// Of the output.
  [[nodiscard]] constexpr element_type result_type() const { return widens ? s16 : type; }
};

/// Integers (TFLite softmax_common.cc, PreprocessSoftmaxScaling): differences to the largest input go to
/// Q5.26 by `factor`; those below `least_difference` count as e^-infinity.
template <class Extent, class T, class Out = T>
struct descriptor {
  static constexpr int difference_bits = 5, sum_bits = 12;  ///< integer bits of differences and of the sum
  Extent width, channels;                                   ///< pixels of a row, elements of a pixel
  float beta;                                               ///< of floats
  std::int32_t least_difference = 0;                        ///< floats: 1 where the logarithm is asked for
  multiplier factor;                                        ///< input scale * beta to Q5.26

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : width(static_cast<Extent>(p.image.width)),
        channels(static_cast<Extent>(p.image.channels)),
        beta(p.beta) {
    if constexpr (std::floating_point<T>) least_difference = p.logarithm ? 1 : 0;
    if constexpr (!std::floating_point<T>) {
      double const scale = static_cast<double>(p.beta) * static_cast<double>(p.input_quantization.scale);
      factor = p.factor.q31 != 0 ? p.factor
                                 : make_multiplier(min(scale * exp2(31 - difference_bits), exp2(31) - 1.0));
      double const radius = ((1 << difference_bits) - 1) * exp2(31 - difference_bits - factor.exponent);
      least_difference = -saturate<std::int32_t>(static_cast<std::int64_t>(radius));
    }
  }
};

/// Integers of 16 bits, by tables (TFLite reference/softmax.h, SoftmaxInt16): differences to the largest
/// input go to steps of 10 / 65535 by `factor`. Those below `least_difference` are as small as it is.
template <class Extent, class T>
struct wide_descriptor {
  Extent width, channels;         ///< pixels of a row, elements of a pixel
  std::int32_t least_difference;  ///< what 32 bits hold when the factor raises it
  multiplier factor;              ///< input scale * beta in such steps

  /// Precondition: every extent fits Extent.
  constexpr explicit wide_descriptor(problem const& p)
      : width(static_cast<Extent>(p.image.width)),
        channels(static_cast<Extent>(p.image.channels)),
        least_difference(-65535),
        factor(make_multiplier(static_cast<double>(p.input_quantization.scale) * static_cast<double>(p.beta) /
                               (10.0 / 65535.0))) {
    if (factor.exponent > 15) least_difference = -(1 << (31 - factor.exponent));
  }
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  if (p.type == f32) return f(descriptor<Extent, float>(p));
  if (p.type == u8) return f(descriptor<Extent, std::uint8_t>(p));
  if (p.type == s16) return f(wide_descriptor<Extent, std::int16_t>(p));
  if (p.widens) return f(descriptor<Extent, std::int8_t, std::int16_t>(p));
  return f(descriptor<Extent, std::int8_t>(p));
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  if constexpr (P.type == s16) {
    return wide_descriptor<Extent, std::int16_t>(P);
  } else {
    return descriptor<Extent, typename arithmetic<P.type>::element,
                      typename arithmetic<P.result_type()>::element>(P);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::softmax
