// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <linnet/runtime/lower.hpp>

// Runs one kernel call over whole images, strip by strip: gathers the windows, calls the kernel.
namespace linnet::inline LINNET_ISA {

/// Where the bytes of one kernel call are.
struct call_memory {
  std::array<std::byte const*, 2> inputs{};
  std::byte* output = nullptr;           // the call's first output element
  std::byte const* packed = nullptr;     // aligned to kernels::packed_alignment
  std::byte* scratch = nullptr;          // as many bytes as the kernel's traits say
  std::span<kernels::input_row> window;  // room for `window_entries`
};

/// A call's images with their strides in bytes.
struct call_geometry {
  image_shape input, output;
  std::int32_t input_pixel_stride = 0, output_pixel_stride = 0;
  std::int64_t output_offset = 0;  // of the call's first element in the output tensor
  kernels::vertical_window window{};
  std::int32_t strip = 1;  // output rows a call
  std::size_t operands = 1;

  [[nodiscard]] constexpr std::int64_t input_row_stride() const {
    return std::int64_t{input.width} * input_pixel_stride;
  }
  [[nodiscard]] constexpr std::int64_t output_row_stride() const {
    return std::int64_t{output.width} * output_pixel_stride;
  }
  /// Row pointers that one strip needs.
  [[nodiscard]] constexpr std::int64_t window_entries() const {
    return window.height(strip) * static_cast<std::int64_t>(operands);
  }
};

/// Rows that one call of a kernel computes where nothing asks for less.
inline constexpr std::int32_t default_strip = 16;

template <class Problem>
[[nodiscard]] constexpr call_geometry geometry_of(Problem const& p, kernel_call const& call,
                                                  element_type input_type) {
  call_geometry geometry{
      .input = call.input,
      .output = call.output,
      .input_pixel_stride = static_cast<std::int32_t>(bytes_of(input_type, call.input.channels)),
      .output_pixel_stride = call.output_pixel_stride,
      .output_offset = call.output_offset,
      .strip = min(default_strip, call.output.height),
      .operands = call.operand_count};
  if constexpr (requires { window_of(p); }) geometry.window = window_of(p);
  return geometry;
}

namespace detail {

/// Points at `count` input rows from row `first` on; rows outside the image become the pixel of zero points
/// that such kernels keep at the front of their packed stream.
constexpr void gather(call_geometry const& g, std::byte const* image, std::int64_t first, std::int64_t count,
                      std::byte const* zero_pixel, std::span<kernels::input_row> rows) {
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t const y = first + i;
    bool const inside = y >= 0 && y < g.input.height;
    rows[static_cast<std::size_t>(i)] =
        inside ? kernels::input_row{image + y * g.input_row_stride(), g.input_pixel_stride}
               : kernels::input_row{zero_pixel, 0};
  }
}

/// Calls `f(batch index, first output row, rows)` for every strip.
template <class F>
constexpr void for_each_strip(call_geometry const& g, F const& f) {
  for (std::int32_t batch = 0; batch < g.output.batch; ++batch) {
    for (std::int32_t y = 0; y < g.output.height; y += g.strip)
      f(batch, y, min(g.strip, g.output.height - y));
  }
}

[[nodiscard]] constexpr kernels::row_span output_rows(call_geometry const& g, std::byte* output,
                                                      std::int32_t batch, std::int32_t first,
                                                      std::int32_t rows) {
  std::int64_t const row = std::int64_t{batch} * g.output.height + first;
  return {output + row * g.output_row_stride(), g.output_row_stride(), g.output_pixel_stride, rows};
}

template <class Descriptor, class Tag>
concept FoldingKernel = requires(Descriptor const& d, kernels::row_span const& out, std::byte* state,
                                 Tag tag) {
  begin(d, out, state, tag);
};

template <class Descriptor, class Tag>
constexpr void fold(Descriptor const& d, call_geometry const& g, call_memory const& m, Tag tag) {
  std::int64_t const image_bytes = g.input_row_stride() * g.input.height;
  for_each_strip(g, [&](std::int32_t batch, std::int32_t first, std::int32_t rows) {
    for (std::int32_t y = first; y < first + rows; ++y) {
      kernels::row_span const out = output_rows(g, m.output, batch, y, 1);
      std::int64_t const top = std::int64_t{y} * g.window.stride - g.window.padding;
      std::int64_t const begin_row = max<std::int64_t>(top, 0);
      std::int64_t const end_row = min<std::int64_t>(top + g.window.kernel, g.input.height);
      begin(d, out, m.scratch, tag);
      for (std::int64_t i = begin_row; i < end_row; ++i) {
        row(d,
            kernels::input_row{m.inputs[0] + batch * image_bytes + i * g.input_row_stride(),
                               g.input_pixel_stride},
            out, m.scratch, tag);
      }
      end(d, static_cast<std::int32_t>(end_row - begin_row), out, m.scratch, tag);
    }
  });
}

}  // namespace detail

/// Runs one kernel call over all its rows and batches, with the kernel of exactly this tag.
template <class Descriptor, class Tag>
constexpr void execute(Descriptor const& d, call_geometry const& g, call_memory const& m, Tag tag) {
  if constexpr (detail::FoldingKernel<Descriptor, Tag>) {
    detail::fold(d, g, m, tag);
  } else {
    std::int64_t const image_bytes = g.input_row_stride() * g.input.height;
    detail::for_each_strip(g, [&](std::int32_t batch, std::int32_t first, std::int32_t strip) {
      kernels::row_span const out = detail::output_rows(g, m.output, batch, first, strip);
      std::int64_t const top = std::int64_t{first} * g.window.stride - g.window.padding;
      auto const height = static_cast<std::size_t>(g.window.height(strip));
      auto const window = m.window.first(height);
      detail::gather(g, m.inputs[0] + batch * image_bytes, top, static_cast<std::int64_t>(height), m.packed,
                     window);
      if constexpr (requires { rows(d, window, window, out, m.packed, m.scratch, tag); }) {
        auto const second = m.window.subspan(height, height);
        detail::gather(g, m.inputs[1] + batch * image_bytes, top, static_cast<std::int64_t>(height), m.packed,
                       second);
        rows(d, window, second, out, m.packed, m.scratch, tag);
      } else {
        rows(d, window, out, m.packed, m.scratch, tag);
      }
    });
  }
}

}  // namespace linnet::inline LINNET_ISA
