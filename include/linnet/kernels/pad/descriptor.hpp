// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <linnet/kernels/contract.hpp>

/// Borders of one value. Operands, elements side by side: inputs[0] (batch, height, width, channels), output
/// the same, larger by what lies around. No constants; one pixel of the value is packed.
/// Without a graph (runtime/whole_layer.hpp):
/// ```
/// pad::problem const p{.type = f32, .input = {1, 8, 8, 4}, .output = {1, 9, 8, 4}, .top = 1};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::pad {

/// The input with rows, columns and channels of one value around it. Bytes are moved, never computed with, so
/// any element type of whole bytes will do.
struct problem {
  element_type type = s8;                     ///< of whole bytes
  image_shape input, output;                  ///< (batch, height, width, channels)
  std::int32_t top = 0, left = 0, front = 0;  ///< rows above, columns before, channels before
  quantization output_quantization;           ///< whose zero point lies around
  float value = 0.0f;  ///< of what lies around: integers count from the zero point, in steps
};

/// One output row reads the input row `top` above it.
[[nodiscard]] constexpr vertical_window window_of(problem const& p) { return {.padding = p.top}; }

/// What a kernel reads.
template <class Extent>
struct descriptor {
  Extent input_width, output_width, left;              ///< pixels of rows, and in front
  std::int32_t front_bytes, input_bytes, pixel_bytes;  ///< of one pixel: channels before, input's own, all

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : input_width(static_cast<Extent>(p.input.width)),
        output_width(static_cast<Extent>(p.output.width)),
        left(static_cast<Extent>(p.left)),
        front_bytes(static_cast<std::int32_t>(bytes_of(p.type, p.front))),
        input_bytes(static_cast<std::int32_t>(bytes_of(p.type, p.input.channels))),
        pixel_bytes(static_cast<std::int32_t>(bytes_of(p.type, p.output.channels))) {}
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  return f(descriptor<Extent>(p));
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  return descriptor<Extent>(P);
}

}  // namespace linnet::inline LINNET_ISA::kernels::pad
