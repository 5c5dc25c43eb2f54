// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/contract.hpp>
#include <linnet/quantization/resampling.hpp>

/// Images of another height and width, by their nearest pixels or by what lies between four. Operands,
/// elements side by side: inputs[0] and output (batch, height, width, channels). No constants; which rows and
/// columns are read is packed. Without a graph (runtime/whole_layer.hpp):
/// ```
/// resize::problem const p{.type = f32, .input = {1, 8, 8, 4}, .output = {1, 16, 16, 4}};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::resize {

/// Nearest: bytes are moved, never computed with. Linear: f32, s8 and s16, input and output of one
/// quantization. A whole image is one pixel: its output rows read any of its rows.
struct problem {
  element_type type = s8;     ///< of input and output
  image_shape input, output;  ///< (batch, height, width, channels), batches and channels alike
  resampling how;             ///< which pixels are read, and what lies between them
  /// Output entries for each input entry; 0: the shapes' ratio.
  float rows_stated = 0.0f, columns_stated = 0.0f;
};

/// What the executor walks over: pixels that are whole images.
[[nodiscard]] constexpr image_shape input_image_of(problem const& p) {
  return {p.input.batch, 1, 1, p.input.height * p.input.width * p.input.channels};
}
/// The same of the output.
[[nodiscard]] constexpr image_shape image_of(problem const& p) {
  return {p.output.batch, 1, 1, p.output.height * p.output.width * p.output.channels};
}

/// Rows and columns come from a packed stream: for each output row, then for each output column, the input
/// row (column) and how much of the next one, 4 bytes each (f32: a float; else parts of 2^10).
template <class Extent, class T>
struct descriptor {
  Extent width, output_height, output_width, channels;  ///< of an input image, and of an output image
  std::uint8_t element_bytes;                           ///< 1 to 8

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : width(static_cast<Extent>(p.input.width)),
        output_height(static_cast<Extent>(p.output.height)),
        output_width(static_cast<Extent>(p.output.width)),
        channels(static_cast<Extent>(p.input.channels)),
        element_bytes(static_cast<std::uint8_t>(bytes_of(p.type, 1))) {}
};

/// The type that a kernel computes with: of nearest pixels s8, which is not computed with.
[[nodiscard]] constexpr element_type computed_type(problem const& p) {
  return p.how.method == interpolation::linear ? p.type : s8;
}

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  element_type const type = computed_type(p);
  if (type == f32) return f(descriptor<Extent, float>(p));
  if (type == s16) return f(descriptor<Extent, std::int16_t>(p));
  return f(descriptor<Extent, std::int8_t>(p));
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  return descriptor<Extent, typename arithmetic<computed_type(P)>::element>(P);
}

}  // namespace linnet::inline LINNET_ISA::kernels::resize
