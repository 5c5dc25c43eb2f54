// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/runtime/geometry.hpp>
#include <linnet/runtime/rows.hpp>

// Runs one kernel call over some rows or over whole images: gathers the windows, calls the kernel.
namespace linnet::inline LINNET_ISA {

/// Where the bytes of one kernel call are. The executor asks for each when it needs it, so that others can
/// look them up then (`placed_memory`).
struct call_memory {
  std::array<row_place<std::byte const>, 2> inputs{};  ///< of each operand; row 0: its first element
  row_place<std::byte> output{};                       ///< row 0: the call's first output element
  std::byte const* packed = nullptr;                   ///< aligned to kernels::packed_alignment
  row_place<std::byte> scratch{};                      ///< a row has as many bytes as the kernel's traits say
  kernels::input_row* window = nullptr;                ///< room for the geometry's `window_entries`

  /// Where an operand's rows are.
  [[nodiscard]] constexpr row_place<std::byte const> input_rows(std::int32_t operand) const {
    return inputs[static_cast<std::size_t>(operand)];
  }
  /// Where output rows go.
  [[nodiscard]] constexpr row_place<std::byte> output_rows() const { return output; }
  /// Where working memory is.
  [[nodiscard]] constexpr row_place<std::byte> scratch_rows() const { return scratch; }
  /// The call's packed stream.
  [[nodiscard]] constexpr std::byte const* packed_bytes() const { return packed; }
  /// Where row pointers are gathered.
  [[nodiscard]] constexpr kernels::input_row* window_rows() const { return window; }
  /// Moves operands and output to the next image of a batch.
  constexpr void go_to_next_image(std::int32_t input_height, std::int32_t output_height) {
    for (row_place<std::byte const>& input : inputs) {
      if (input.base != nullptr) input.base += std::int64_t{input_height} * input.row_bytes;
    }
    output.base += std::int64_t{output_height} * output.row_bytes;
  }
};

/// The memory of a call whose rows all lie side by side.
[[nodiscard]] constexpr call_memory whole_memory(call_geometry const& g,
                                                 std::array<std::byte const*, 2> const& inputs,
                                                 std::byte* output, std::byte const* packed,
                                                 std::byte* scratch, kernels::input_row* window) {
  return {.inputs = {{{inputs[0], g.input_row_stride[0]}, {inputs[1], g.input_row_stride[1]}}},
          .output = {output, g.output_row_stride},
          .packed = packed,
          .scratch = {scratch, 0},
          .window = window};
}

namespace detail {

template <class Descriptor, class Tag>
concept FoldingKernel = requires(Descriptor const& d, kernels::row_span const& out, std::byte* state,
                                 Tag tag) {
  begin(d, out, state, tag);
};

/// What one call of a kernel is about: output rows that lie side by side, and the windows of the operands
/// that they are made from; or, for a folding kernel, one output row and one row of those that it covers.
struct kernel_work {
  kernels::row_span out;
  kernels::row_window windows[2];  // of each operand
  std::byte const* packed;
  std::byte* scratch;    // of a folding kernel: what it keeps from row to row
  std::int32_t covered;  // input rows that all of `out` is made from
  std::int32_t number;   // of a folding kernel: which of them this is, from 0
};

/// The input rows that output row y of a folding kernel covers.
template <class Geometry>
[[nodiscard]] constexpr row_interval covered_by(Geometry const& g, std::int32_t y) {
  std::int32_t const top = y * g.window.stride - g.window.padding;
  return {max(top, std::int32_t{0}), min<std::int32_t>(top + g.window.kernel, g.input_height)};
}

/// Folds all input rows into the output rows that cover them, one output row after the other, so that one
/// state can serve all; or only some of them.
template <class Kernel, class Geometry, class Memory>
[[gnu::noinline]] constexpr void fold(Kernel const& kernel, Geometry const& g, Memory const& m,
                                      row_interval const& asked) {
  bool const all = asked == all_rows;
  for (std::int32_t y = 0; y < g.output_height; ++y) {
    row_interval const covered = covered_by(g, y);
    std::int32_t i = all ? covered.first : max(asked.first, covered.first);
    std::int32_t const last = all ? covered.last : min(asked.last, covered.last);
    if (i >= last) continue;
    auto const input = m.input_rows(0);
    auto const output = m.output_rows();
    std::byte* const state = m.scratch_rows().row(y);
    for (; i < last; ++i) {
      kernels::input_row const from{input.row(i), g.input_pixel_stride[0]};
      kernel(kernel_work{.out = {output.row(y), output.row_bytes, g.output_pixel_stride, 1},
                         .windows = {{&from, 1}, {&from, 1}},
                         .packed = state,  // such kernels have no constants
                         .scratch = state,
                         .covered = covered.last - covered.first,
                         .number = i - covered.first});
    }
  }
}

/// The next output rows of [y, last). The same code for all kernels: it knows nothing of them. Rows outside
/// the image become the pixel of zero points that such kernels keep at the front of their packed stream.
template <class Geometry, class Memory>
[[nodiscard, gnu::noinline]] constexpr kernel_work gathered_at(Geometry const& g, Memory const& m,
                                                               std::int32_t y, std::int32_t last) {
  auto const output = m.output_rows();
  std::int32_t const count = output.side_by_side(y, min<std::int32_t>(g.strip, last - y));
  std::int32_t const top = y * g.window.stride - g.window.padding;
  auto const height = static_cast<std::int32_t>(g.window.height(count));
  kernels::input_row* to = m.window_rows();
  auto const window_of = [&](std::int32_t operand) {
    return kernels::row_window(to + operand * height, static_cast<std::size_t>(height));
  };
  kernel_work const made{.out = {output.row(y), output.row_bytes, g.output_pixel_stride, count},
                         .windows = {window_of(0), window_of(g.operands - 1)},
                         .packed = m.packed_bytes(),
                         .scratch = m.scratch_rows().base,
                         .covered = height,
                         .number = y};
  kernels::input_row const zeros{made.packed, 0};
  for (std::int32_t operand = 0; operand < g.operands; ++operand) {
    auto const input = m.input_rows(operand);
    std::int32_t const pixel_stride = g.input_pixel_stride[static_cast<std::size_t>(operand)];
    for (std::int32_t row = top; row < top + height; ++row) {
      bool const inside = row >= 0 && row < g.input_height;
      *to++ = inside ? kernels::input_row{input.row(row), pixel_stride} : zeros;
    }
  }
  return made;
}

/// A kernel and its descriptor, as the loops here call them.
template <class Descriptor, class Tag>
struct bound_kernel {
  static constexpr bool folds = FoldingKernel<Descriptor, Tag>;
  Descriptor const& d;

  constexpr void operator()(kernel_work const& w) const {
    if constexpr (folds) {
      if (w.number == 0) begin(d, w.out, w.scratch, Tag{});
      row(d, w.windows[0][0], w.out, w.scratch, Tag{});
      if (w.number + 1 == w.covered) end(d, w.covered, w.out, w.scratch, Tag{});
    } else if constexpr (requires {
                           rows(d, w.windows[0], w.windows[1], w.out, w.packed, w.scratch, Tag{});
                         }) {
      rows(d, w.windows[0], w.windows[1], w.out, w.packed, w.scratch, Tag{});
    } else {
      rows(d, w.windows[0], w.out, w.packed, w.scratch, Tag{});
    }
  }
};

/// A kernel behind a pointer, and what it is told: the loops over rows are one body of code for all.
struct fixed_kernel {
  void (*code)(void const*, kernel_work const&);
  void const* descriptor;
};
template <class Descriptor, class Tag>
void call_kernel(void const* descriptor, kernel_work const& work) {
  bound_kernel<Descriptor, Tag>{*static_cast<Descriptor const*>(descriptor)}(work);
}
/// The same as the loops here call them.
struct pointed_kernel {
  fixed_kernel const& kernel;
  bool folds;
  void operator()(kernel_work const& work) const { kernel.code(kernel.descriptor, work); }
};

/// Runs a kernel over `all_rows`, or over some rows of the first batch.
template <class Kernel, class Geometry, class Memory>
constexpr void execute(Kernel const& kernel, Geometry const& g, Memory& m, row_interval const& asked) {
  bool const all = asked == all_rows;
  for (std::int32_t batch = 0;; ++batch) {
    if (kernel.folds) {
      fold(kernel, g, m, asked);
    } else {
      for (std::int32_t y = all ? 0 : asked.first, last = all ? g.output_height : asked.last; y < last;) {
        kernel_work const work = gathered_at(g, m, y, last);
        kernel(work);
        y += work.out.rows;
      }
    }
    if (!all || batch + 1 == g.batch) return;
    m.go_to_next_image(g.input_height, g.output_height);
  }
}

}  // namespace detail

/// Runs one kernel call, with the kernel of exactly this tag: over `all_rows`, or over some rows of the first
/// batch, which a folding kernel is given in order. Precondition: for all rows the rows of every operand and
/// of the output lie side by side.
template <class Descriptor, class Tag>
constexpr void execute(Descriptor const& d, call_geometry const& g, call_memory m, row_interval asked, Tag) {
  detail::execute(detail::bound_kernel<Descriptor, Tag>{d}, g, m, asked);
}

}  // namespace linnet::inline LINNET_ISA
