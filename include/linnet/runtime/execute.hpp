// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/base/quotient.hpp>
#include <linnet/runtime/geometry.hpp>
#include <linnet/runtime/rows.hpp>

// Runs one kernel call over some rows or over whole images: gathers the windows, calls the kernel.
namespace linnet::inline LINNET_ISA {

/// Where the bytes of one kernel call are. The executor asks for each when it needs it, so that others can
/// look them up then (`placed_memory`).
struct call_memory {
  std::array<row_place<std::byte const>, 2> inputs{};
  row_place<std::byte> output{};         // row 0: the call's first output element
  std::byte const* packed = nullptr;     // aligned to kernels::packed_alignment
  row_place<std::byte> scratch{};        // a row has as many bytes as the kernel's traits say
  kernels::input_row* window = nullptr;  // room for the geometry's `window_entries`

  [[nodiscard]] constexpr row_place<std::byte const> input_rows(std::int32_t operand) const {
    return inputs[static_cast<std::size_t>(operand)];
  }
  [[nodiscard]] constexpr row_place<std::byte> output_rows() const { return output; }
  [[nodiscard]] constexpr row_place<std::byte> scratch_rows() const { return scratch; }
  [[nodiscard]] constexpr std::byte const* packed_bytes() const { return packed; }
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

/// What a folding kernel is asked for, in the order in which it is: `begin`, `row` by `row`, `end`.
enum class fold_stage : std::uint8_t { begin, row, end };

/// One output row of a folding kernel, and the input rows that it covers.
struct folded_row {
  kernels::row_span out;
  row_interval covered;
  std::byte* state;
};
/// The input rows that output row y covers.
template <class Geometry>
[[nodiscard]] constexpr row_interval covered_by(Geometry const& g, std::int32_t y) {
  std::int32_t const top = y * g.window.stride - g.window.padding;
  return {max(top, std::int32_t{0}), min<std::int32_t>(top + g.window.kernel, g.input_height)};
}
template <class Geometry, class Memory>
[[nodiscard, gnu::noinline]] constexpr folded_row folded_at(Geometry const& g, Memory const& m,
                                                            std::int32_t y) {
  row_place<std::byte> const output = m.output_rows();
  return {
      {output.row(y), output.row_bytes, g.output_pixel_stride, 1}, covered_by(g, y), m.scratch_rows().row(y)};
}

/// Folds all input rows into the output rows that cover them, one output row after the other, so that one
/// state can serve all; or only some of them.
template <class Kernel, class Geometry, class Memory>
constexpr void fold(Kernel const& kernel, Geometry const& g, Memory const& m, bool all, row_interval asked) {
  for (std::int32_t y = 0; y < g.output_height; ++y) {
    row_interval const covered = covered_by(g, y);
    std::int32_t i = all ? covered.first : max(asked.first, covered.first);
    std::int32_t const last = all ? covered.last : min(asked.last, covered.last);
    if (i >= last) continue;
    folded_row const into = folded_at(g, m, y);
    row_place<std::byte const> const input = m.input_rows(0);
    for (; i < last; ++i) {
      kernels::input_row const row{input.row(i), g.input_pixel_stride[0]};
      if (i == covered.first) kernel.fold(fold_stage::begin, into, row);
      kernel.fold(fold_stage::row, into, row);
      if (i + 1 == covered.last) kernel.fold(fold_stage::end, into, row);
    }
  }
}

/// Output rows that lie side by side, and the windows of the operands that they are made from.
struct gathered_strip {
  kernels::row_span out;
  kernels::row_window windows[2];
};
/// The next rows of [y, last). The same code for all kernels: it knows nothing of them. Rows outside the
/// image become the pixel of zero points that such kernels keep at the front of their packed stream.
template <class Geometry, class Memory>
[[nodiscard, gnu::noinline]] constexpr gathered_strip gathered_at(Geometry const& g, Memory const& m,
                                                                  std::int32_t y, std::int32_t last) {
  row_place<std::byte> const output = m.output_rows();
  std::int32_t const count = min(min<std::int32_t>(g.strip, last - y), output.side_by_side(y));
  std::int32_t const top = y * g.window.stride - g.window.padding;
  auto const height = static_cast<std::int32_t>(g.window.height(count));
  kernels::input_row* to = m.window_rows();
  auto const window_of = [&](std::int32_t operand) {
    return kernels::row_window(to + operand * height, static_cast<std::size_t>(height));
  };
  gathered_strip const made{{output.row(y), output.row_bytes, g.output_pixel_stride, count},
                            {window_of(0), window_of(g.operands - 1)}};
  kernels::input_row const zeros{m.packed_bytes(), 0};
  for (std::int32_t operand = 0; operand < g.operands; ++operand) {
    row_place<std::byte const> const input = m.input_rows(operand);
    std::int32_t const pixel_stride = g.input_pixel_stride[static_cast<std::size_t>(operand)];
    for (std::int32_t row = top; row < top + height; ++row) {
      bool const inside = row >= 0 && row < g.input_height;
      *to++ = inside ? kernels::input_row{input.row(row), pixel_stride} : zeros;
    }
  }
  return made;
}

/// Makes output rows, as many at a time as lie side by side.
template <class Kernel, class Geometry, class Memory>
constexpr void make_rows(Kernel const& kernel, Geometry const& g, Memory const& m, row_interval outputs) {
  for (std::int32_t y = outputs.first; y < outputs.last;) {
    gathered_strip const at = gathered_at(g, m, y, outputs.last);
    kernel.make(at, m.packed_bytes(), m.scratch_rows().base);
    y += at.out.rows;
  }
}

/// A kernel and its descriptor, as the loops above call them.
template <class Descriptor, class Tag>
struct bound_kernel {
  static constexpr bool folds = FoldingKernel<Descriptor, Tag>;
  Descriptor const& d;

  constexpr void make(gathered_strip const& at, std::byte const* packed, std::byte* scratch) const {
    if constexpr (requires { rows(d, at.windows[0], at.windows[1], at.out, packed, scratch, Tag{}); }) {
      rows(d, at.windows[0], at.windows[1], at.out, packed, scratch, Tag{});
    } else {
      rows(d, at.windows[0], at.out, packed, scratch, Tag{});
    }
  }
  constexpr void fold(fold_stage stage, folded_row const& into, kernels::input_row const& from) const {
    if (stage == fold_stage::begin) return begin(d, into.out, into.state, Tag{});
    if (stage == fold_stage::row) return row(d, from, into.out, into.state, Tag{});
    end(d, into.covered.last - into.covered.first, into.out, into.state, Tag{});
  }
};

/// The same behind a pointer: the loops are one body of code, whatever the kernels.
struct any_making_kernel {
  static constexpr bool folds = false;
  void const* descriptor;
  void (*code)(void const*, gathered_strip const&, std::byte const*, std::byte*);

  void make(gathered_strip const& at, std::byte const* packed, std::byte* scratch) const {
    code(descriptor, at, packed, scratch);
  }
};
struct any_folding_kernel {
  static constexpr bool folds = true;
  void const* descriptor;
  void (*code)(void const*, fold_stage, folded_row const&, kernels::input_row const&);

  void fold(fold_stage stage, folded_row const& into, kernels::input_row const& from) const {
    code(descriptor, stage, into, from);
  }
};

template <class Descriptor, class Tag>
[[nodiscard]] constexpr auto without_types(void const* descriptor) {
  using kernel = bound_kernel<Descriptor, Tag>;
  if constexpr (kernel::folds) {
    return any_folding_kernel{descriptor, [](void const* d, fold_stage stage, folded_row const& into,
                                             kernels::input_row const& from) {
                                kernel{*static_cast<Descriptor const*>(d)}.fold(stage, into, from);
                              }};
  } else {
    return any_making_kernel{
        descriptor, [](void const* d, gathered_strip const& at, std::byte const* packed, std::byte* scratch) {
          kernel{*static_cast<Descriptor const*>(d)}.make(at, packed, scratch);
        }};
  }
}

/// Runs a kernel over `all_rows`, or over some rows of the first batch.
template <class Kernel, class Geometry, class Memory>
constexpr void execute(Kernel const& kernel, Geometry const& g, Memory& m, row_interval asked) {
  bool const all = asked == all_rows;
  for (std::int32_t batch = 0;; ++batch) {
    if constexpr (Kernel::folds) {
      fold(kernel, g, m, all, asked);
    } else {
      make_rows(kernel, g, m, all ? row_interval{0, g.output_height} : asked);
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
