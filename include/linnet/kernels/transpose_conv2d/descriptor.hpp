// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/convolution.hpp>

/// A convolution the other way round: every input pixel is spread over a window of the output. Operands,
/// elements side by side: inputs[0] (batch, height, width, channels); constants.weights (output channel, ky,
/// kx, input channel), bias (output channel), one weight scale or one for each output channel; output (batch,
/// height, width, output channel). Weights are packed as `channel_records`. Without a graph
/// (runtime/whole_layer.hpp):
/// ```
/// transpose_conv2d::problem const p{{.input = {1, 4, 4, 3}, .output = {1, 8, 8, 16}, .stride_height = 2}};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y, {w, bias, scales}}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::transpose_conv2d {

/// output[y, x, o] = clamp(requantize(bias[o] + sum of weights[o, ky, kx, i] * (input[y', x', i] - its zero
/// point))) over all i and all taps and input pixels with y' * stride + ky * dilation = y + padding, x'
/// alike. So `padding` is cut off the output's top and left; what nothing is spread over is the bias.
struct problem : convolution_problem {};

/// What the executor walks over: images that are one pixel.
[[nodiscard]] constexpr image_shape input_image_of(problem const& p) {
  return {p.input.batch, 1, 1, p.input.height * p.input.width * p.input.channels};
}
/// The same of the output.
[[nodiscard]] constexpr image_shape image_of(problem const& p) {
  return {p.output.batch, 1, 1, p.output.height * p.output.width * p.output.channels};
}
/// One image is one row.
[[nodiscard]] constexpr vertical_window window_of(problem const&) { return {}; }

/// Rows or columns, and how a window moves over the output.
template <class Extent>
struct axis {
  Extent input, output;             ///< extents
  Extent kernel, stride, dilation;  ///< taps, and output coordinates from one input or tap to the next
  Extent padding;                   ///< output coordinates cut off in front
};

/// What the kernel reads at run time.
template <class Extent, class T, class Policy>
struct descriptor {
  axis<Extent> rows, columns;                        ///< how windows move
  Extent input_channels, output_channels;            ///< of each pixel
  std::int16_t input_zero_point, weight_zero_point;  ///< 0 for floats and 16 bits
  output_stage<T> output;                            ///< from sums to stored values

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : rows{static_cast<Extent>(p.input.height),    static_cast<Extent>(p.output.height),
             static_cast<Extent>(p.kernel_height),   static_cast<Extent>(p.stride_height),
             static_cast<Extent>(p.dilation_height), static_cast<Extent>(p.padding_top)},
        columns{static_cast<Extent>(p.input.width),    static_cast<Extent>(p.output.width),
                static_cast<Extent>(p.kernel_width),   static_cast<Extent>(p.stride_width),
                static_cast<Extent>(p.dilation_width), static_cast<Extent>(p.padding_left)},
        input_channels(static_cast<Extent>(p.input.channels)),
        output_channels(static_cast<Extent>(p.output.channels)),
        input_zero_point(static_cast<std::int16_t>(p.input_quantization.zero_point)),
        weight_zero_point(static_cast<std::int16_t>(p.weight_zero_point)),
        output{p.output_quantization.zero_point, clamp_for<T>(p)} {}
};
static_assert(sizeof(descriptor<std::uint16_t, float, no_rounding>) <= 44);

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  return with_arithmetic(p.input_type, p.rounding, [&]<class T, class Policy>(std::type_identity<T>, Policy) {
    return f(descriptor<Extent, T, Policy>(p));
  });
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  using types = arithmetic<P.input_type, P.rounding>;
  return descriptor<Extent, typename types::element, typename types::policy>(P);
}

}  // namespace linnet::inline LINNET_ISA::kernels::transpose_conv2d
