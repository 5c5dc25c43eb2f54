// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/contract.hpp>

// Pools are folding kernels: begin, one call for each input row inside the image, end. Taps outside the image
// do not count.
/// Average and max pools of each channel by itself; what lies outside of the image does not count. Operands,
/// elements side by side: inputs[0] and output (batch, height, width, channels). No constants; rows are
/// folded one by one into `scratch`. Without a graph (runtime/whole_layer.hpp):
/// ```
/// max_problem const p{{.input = {1, 9, 8, 4}, .output = {1, 7, 8, 4}, .kernel_height = 3}};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::pool {

/// What both kinds of pools have in common.
struct problem {
  element_type type = s8;                            ///< of input and output, which share their quantization
  linnet::activation activation = activation::none;  ///< what the result is clamped to
  image_shape input, output;  ///< (batch, height, width, channels), batches and channels alike
  std::int32_t kernel_height = 1, kernel_width = 1;  ///< taps
  std::int32_t stride_height = 1, stride_width = 1;  ///< pixels of input from window to window
  /// In front of the image; that behind follows from the output's size.
  std::int32_t padding_top = 0, padding_left = 0;
  quantization output_quantization;  ///< and the input's; none of floats
  stored_bounds bounds{};            ///< in place of the activation's
};
/// output = clamp(sum of the taps inside / their number).
struct average_problem : problem {};
/// output = clamp(largest of the taps inside).
struct max_problem : problem {};

/// How the kernel walks down its input.
[[nodiscard]] constexpr vertical_window window_of(problem const& p) {
  return {p.kernel_height, p.stride_height, 1, p.padding_top};
}

/// What a kernel reads.
template <class Extent, class T>
struct descriptor {
  /// In pixels, elements of a pixel.
  Extent input_width, channels, output_width, kernel_width, stride_width, padding_left;
  value_range<T> clamp;  ///< in stored values

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : input_width(static_cast<Extent>(p.input.width)),
        channels(static_cast<Extent>(p.input.channels)),
        output_width(static_cast<Extent>(p.output.width)),
        kernel_width(static_cast<Extent>(p.kernel_width)),
        stride_width(static_cast<Extent>(p.stride_width)),
        padding_left(static_cast<Extent>(p.padding_left)),
        clamp(clamp_for<T>(p)) {}

  /// A run of columns.
  struct columns {
    std::int32_t first, last;  ///< [first, last) of the input row
  };
  /// The input columns inside the image that output column x covers.
  [[nodiscard]] constexpr columns covered(std::int32_t x) const {
    std::int32_t const left = x * stride_width - padding_left;
    return {max<std::int32_t>(left, 0), min<std::int32_t>(left + kernel_width, input_width)};
  }
};
/// The same of an average pool.
template <class Extent, class T>
struct average_descriptor : descriptor<Extent, T> {
  using descriptor<Extent, T>::descriptor;
};
/// The same of a max pool.
template <class Extent, class T>
struct max_descriptor : descriptor<Extent, T> {
  using descriptor<Extent, T>::descriptor;
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(average_problem const& p, F&& f) {
  if (p.type == f32) return f(average_descriptor<Extent, float>(p));
  if (p.type == u8) return f(average_descriptor<Extent, std::uint8_t>(p));
  if (p.type == s16) return f(average_descriptor<Extent, std::int16_t>(p));
  return f(average_descriptor<Extent, std::int8_t>(p));
}
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(max_problem const& p, F&& f) {
  if (p.type == f32) return f(max_descriptor<Extent, float>(p));
  if (p.type == u8) return f(max_descriptor<Extent, std::uint8_t>(p));
  if (p.type == s16) return f(max_descriptor<Extent, std::int16_t>(p));
  return f(max_descriptor<Extent, std::int8_t>(p));
}

/// The descriptor of a problem known when compiled.
template <class Extent, average_problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<average_problem, P>) {
  return average_descriptor<Extent, typename arithmetic<P.type>::element>(P);
}
/// The descriptor of a problem known when compiled.
template <class Extent, max_problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<max_problem, P>) {
  return max_descriptor<Extent, typename arithmetic<P.type>::element>(P);
}

}  // namespace linnet::inline LINNET_ISA::kernels::pool
