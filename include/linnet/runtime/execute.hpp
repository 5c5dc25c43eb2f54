// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/runtime/geometry.hpp>

// Runs one kernel call over whole images, strip by strip: gathers the windows, calls the kernel.
namespace linnet::inline LINNET_ISA {

/// Where the bytes of one kernel call are.
struct call_memory {
  std::array<std::byte const*, 2> inputs{};
  std::byte* output = nullptr;           // the call's first output element
  std::byte const* packed = nullptr;     // aligned to kernels::packed_alignment
  std::byte* scratch = nullptr;          // as many bytes as the kernel's traits say
  kernels::input_row* window = nullptr;  // room for the geometry's `window_entries`
};

namespace detail {

/// Points at `count` rows of one operand from row `first` on; rows outside the image become the pixel of zero
/// points that such kernels keep at the front of their packed stream.
constexpr void gather(call_geometry const& g, std::size_t operand, std::byte const* image, std::int32_t first,
                      std::int32_t count, std::byte const* zero_pixel, kernels::input_row* rows) {
  for (std::int32_t i = 0; i < count; ++i) {
    std::int32_t const y = first + i;
    bool const inside = y >= 0 && y < g.input_height;
    rows[i] = inside ? kernels::input_row{image + std::int64_t{y} * g.input_row_stride[operand],
                                          g.input_pixel_stride[operand]}
                     : kernels::input_row{zero_pixel, 0};
  }
}

/// Calls `f(batch index, first output row, rows)` for every strip.
template <class F>
constexpr void for_each_strip(call_geometry const& g, F const& f) {
  for (std::int32_t batch = 0; batch < g.batch; ++batch) {
    for (std::int32_t y = 0; y < g.output_height; y += g.strip)
      f(batch, y, min(g.strip, g.output_height - y));
  }
}

[[nodiscard]] constexpr kernels::row_span output_rows(call_geometry const& g, std::byte* output,
                                                      std::int32_t batch, std::int32_t first,
                                                      std::int32_t rows) {
  std::int64_t const row = std::int64_t{batch} * g.output_height + first;
  return {output + row * g.output_row_stride, g.output_row_stride, g.output_pixel_stride, rows};
}

/// The image of one batch index.
[[nodiscard]] constexpr std::byte const* image_of(call_geometry const& g, call_memory const& m,
                                                  std::size_t operand, std::int32_t batch) {
  return m.inputs[operand] + std::int64_t{batch} * g.input_height * g.input_row_stride[operand];
}

template <class Descriptor, class Tag>
concept FoldingKernel = requires(Descriptor const& d, kernels::row_span const& out, std::byte* state,
                                 Tag tag) {
  begin(d, out, state, tag);
};

template <class Descriptor, class Tag>
constexpr void fold(Descriptor const& d, call_geometry const& g, call_memory const& m, Tag tag) {
  for_each_strip(g, [&](std::int32_t batch, std::int32_t first, std::int32_t rows) {
    std::byte const* const image = image_of(g, m, 0, batch);
    for (std::int32_t y = first; y < first + rows; ++y) {
      kernels::row_span const out = output_rows(g, m.output, batch, y, 1);
      std::int32_t const top = y * g.window.stride - g.window.padding;
      std::int32_t const begin_row = max(top, std::int32_t{0}),
                         end_row = min(top + g.window.kernel, g.input_height);
      begin(d, out, m.scratch, tag);
      for (std::int32_t i = begin_row; i < end_row; ++i) {
        row(d, kernels::input_row{image + std::int64_t{i} * g.input_row_stride[0], g.input_pixel_stride[0]},
            out, m.scratch, tag);
      }
      end(d, end_row - begin_row, out, m.scratch, tag);
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
    detail::for_each_strip(g, [&](std::int32_t batch, std::int32_t first, std::int32_t strip) {
      kernels::row_span const out = detail::output_rows(g, m.output, batch, first, strip);
      std::int32_t const top = first * g.window.stride - g.window.padding;
      auto const height = static_cast<std::int32_t>(g.window.height(strip));
      auto const gathered = [&](std::size_t operand) {
        kernels::input_row* const begin = m.window + static_cast<std::int32_t>(operand) * height;
        detail::gather(g, operand, detail::image_of(g, m, operand, batch), top, height, m.packed, begin);
        return kernels::row_window(begin, static_cast<std::size_t>(height));
      };
      kernels::row_window const window = gathered(0);
      if constexpr (requires { rows(d, window, window, out, m.packed, m.scratch, tag); }) {
        rows(d, window, gathered(1), out, m.packed, m.scratch, tag);
      } else {
        rows(d, window, out, m.packed, m.scratch, tag);
      }
    });
  }
}

}  // namespace linnet::inline LINNET_ISA
