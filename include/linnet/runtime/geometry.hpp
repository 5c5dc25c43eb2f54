// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/runtime/lower.hpp>

namespace linnet::inline LINNET_ISA {

/// How one kernel call walks over its images, as the executor reads it; pixel strides in bytes.
template <class Count, class Small = Count>
struct basic_geometry {
  Count batch = 1, input_height = 1, output_height = 1;  ///< images; rows of each
  std::array<Count, 2> input_pixel_stride{};             ///< of each operand
  Count output_pixel_stride = 0;                         ///< from pixel to pixel of the output
  kernels::basic_vertical_window<Small> window{};        ///< how the kernel walks down its input
  Small strip = 1;                                       ///< output rows a call
  Small operands = 1;                                    ///< 1 or 2
};

/// The same with the bytes from row to row where they lie side by side, as plans are made from it.
struct call_geometry : basic_geometry<std::int32_t> {
  std::array<std::int32_t, 2> input_row_stride{};  ///< of each operand
  std::int32_t output_row_stride = 0;              ///< bytes

  /// Row pointers that one strip needs.
  [[nodiscard]] constexpr std::int64_t window_entries() const { return window.height(strip) * operands; }
};

/// Input rows of all operands whose pointers one call of a kernel is given, where it can do with so few: a
/// network keeps an array of them.
inline constexpr std::int32_t most_window_rows = 32;

/// Output rows that one call of a kernel makes where nothing asks for less.
[[nodiscard]] constexpr std::int32_t default_strip(kernels::vertical_window const& w, std::int32_t operands,
                                                   std::int32_t rows) {
  std::int32_t const reach = (w.kernel - 1) * w.dilation + 1,
                     most = most_window_rows / max(operands, std::int32_t{1});
  return reach >= most ? 1 : min((most - reach) / w.stride + 1, rows);
}

/// The geometry of a call whose operands and output lie side by side, except where a pixel stride is given
/// (bytes; 0: pixels side by side).
[[nodiscard]] constexpr call_geometry geometry_of(kernel_call const& call,
                                                  kernels::vertical_window const& window,
                                                  element_type input_type,
                                                  std::array<std::int32_t, 2> input_pixel_stride = {},
                                                  std::int32_t output_pixel_stride = 0) {
  auto const operands = static_cast<std::int32_t>(call.operand_count);
  call_geometry g{
      {.batch = call.output.batch,
       .input_height = call.input.height,
       .output_height = call.output.height,
       .input_pixel_stride = input_pixel_stride,
       .output_pixel_stride = output_pixel_stride != 0 ? output_pixel_stride : call.output_pixel_stride,
       .window = window,
       .strip = default_strip(window, operands, call.output.height),
       .operands = operands}};
  for (std::size_t i = 0; i < 2; ++i) {
    std::int32_t& stride = g.input_pixel_stride[i];
    if (stride == 0) stride = static_cast<std::int32_t>(bytes_of(input_type, call.input.channels));
    g.input_row_stride[i] = stride * call.input.width;
  }
  g.output_row_stride = g.output_pixel_stride * call.output.width;
  return g;
}

/// The same for a call of a problem whose operands and output lie side by side.
template <class Problem>
[[nodiscard]] constexpr call_geometry geometry_of(Problem const& p, kernel_call const& call,
                                                  element_type input_type) {
  kernels::vertical_window window{};
  if constexpr (requires { window_of(p); }) window = window_of(p);
  return geometry_of(call, window, input_type);
}

}  // namespace linnet::inline LINNET_ISA
