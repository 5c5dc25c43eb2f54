// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>

#include <linnet/kernels/contract.hpp>

// The mean over any of height, width and channels: a folding kernel like the pools, with its own rounding.
/// Means over height, width, channels, or any of them together. Operands, elements side by side: inputs[0]
/// (batch, height, width, channels), output the same with 1 for what is averaged over. No constants; rows are
/// folded one by one into `scratch`.
/// Without a graph (runtime/whole_layer.hpp):
/// ```
/// mean::problem const p{.type = f32, .input = {1, 8, 8, 4}};  // over height and width
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::mean {

/// output = mean of the elements over some dimensions. s8, u8, s16: requantized; f32: the sum over their
/// number.
struct problem {
  element_type type = s8;                                 ///< of input and output
  linnet::rounding rounding = rounding::double_rounding;  ///< of integers: double_rounding or single_rounding
  image_shape input;  ///< fewer than 2^23 elements in one mean (s16: 2^15)
  bool over_height = true, over_width = true, over_channels = false;  ///< dimensions that are averaged over
  quantization input_quantization, output_quantization;               ///< none of floats

  /// Pixels in a row of the output.
  [[nodiscard]] constexpr std::int32_t output_width() const { return over_width ? 1 : input.width; }
  /// Elements in a pixel of the output.
  [[nodiscard]] constexpr std::int32_t output_channels() const { return over_channels ? 1 : input.channels; }
  /// Elements that one output element is the mean of.
  [[nodiscard]] constexpr std::int64_t count() const {
    return std::int64_t{over_height ? input.height : 1} * (over_width ? input.width : 1) *
           (over_channels ? input.channels : 1);
  }
};

/// How the kernel walks down its input: over all rows of an image, or one by one.
[[nodiscard]] constexpr vertical_window window_of(problem const& p) {
  return p.over_height ? vertical_window{.kernel = p.input.height} : vertical_window{};
}

/// s_in / (s_out * count) as one multiplier: the division by `count` (1 to 2^31 - 1) happens in the mantissa,
/// which is first raised by as many bits as fit (TFLite reference/reduce.h, QuantizedMeanOrSum).
[[nodiscard]] constexpr multiplier mean_multiplier(float input_scale, float output_scale,
                                                   std::int64_t count) {
  multiplier const m = make_multiplier(static_cast<double>(input_scale) / static_cast<double>(output_scale));
  int shift = 63 - std::countl_zero(static_cast<std::uint64_t>(count));
  shift = min(shift, min(32, 31 + static_cast<int>(m.exponent)));
  return {static_cast<std::int32_t>((std::int64_t{m.q31} << shift) / count), m.exponent - shift};
}

/// What a kernel reads.
template <class Extent, class T, class Policy>
struct descriptor {
  Extent width, channels, output_width, output_channels;  ///< extents of an input and an output row
  std::int32_t count;
  std::int32_t input_zero_point;  ///< of stored integers
  multiplier factor;              ///< `mean_multiplier`
  output_stage<T> output;         ///< zero point and clamp

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : width(static_cast<Extent>(p.input.width)),
        channels(static_cast<Extent>(p.input.channels)),
        output_width(static_cast<Extent>(p.output_width())),
        output_channels(static_cast<Extent>(p.output_channels())),
        count(static_cast<std::int32_t>(p.count())),
        input_zero_point(p.input_quantization.zero_point),
        factor{},
        output{p.output_quantization.zero_point, clamp_of<T>(activation::none, p.output_quantization)} {
    if constexpr (!std::floating_point<T>) {
      factor = mean_multiplier(p.input_quantization.scale, p.output_quantization.scale, p.count());
    }
  }
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  if (p.type == f32) return f(descriptor<Extent, float, no_rounding>(p));
  return with_multiplier_policy(p.rounding, [&]<class Policy>(Policy) {
    if (p.type == u8) return f(descriptor<Extent, std::uint8_t, Policy>(p));
    if (p.type == s16) return f(descriptor<Extent, std::int16_t, Policy>(p));
    return f(descriptor<Extent, std::int8_t, Policy>(p));
  });
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  using types = arithmetic<P.type, P.rounding>;
  return descriptor<Extent, typename types::element, typename types::multiplier_policy>(P);
}

}  // namespace linnet::inline LINNET_ISA::kernels::mean
