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

/// Where the bytes of one kernel call are.
struct call_memory {
  std::array<row_place<std::byte const>, 2> inputs{};
  row_place<std::byte> output{};         // row 0: the call's first output element
  std::byte const* packed = nullptr;     // aligned to kernels::packed_alignment
  row_place<std::byte> scratch{};        // a row has as many bytes as the kernel's traits say
  kernels::input_row* window = nullptr;  // room for the geometry's `window_entries`
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

/// Points at `count` rows of one operand from row `first` on; rows outside the image become the pixel of zero
/// points that such kernels keep at the front of their packed stream.
constexpr void gather(call_geometry const& g, call_memory const& m, std::size_t operand, std::int32_t first,
                      std::int32_t count, kernels::input_row* rows) {
  for (std::int32_t i = 0; i < count; ++i) {
    std::int32_t const y = first + i;
    bool const inside = y >= 0 && y < g.input_height;
    rows[i] = inside ? kernels::input_row{m.inputs[operand].row(y), g.input_pixel_stride[operand]}
                     : kernels::input_row{m.packed, 0};
  }
}

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
[[nodiscard, gnu::noinline]] constexpr folded_row folded_at(call_geometry const& g, call_memory const& m,
                                                            std::int32_t y) {
  std::int32_t const top = y * g.window.stride - g.window.padding;
  return {{m.output.row(y), g.output_row_stride, g.output_pixel_stride, 1},
          {max(top, std::int32_t{0}), min(top + g.window.kernel, g.input_height)},
          m.scratch.row(y)};
}

/// The output rows that cover input row `i`.
[[nodiscard]] constexpr row_interval rows_over(call_geometry const& g, std::int32_t i) {
  std::int32_t const above = i + g.window.padding - g.window.kernel;
  return {above < 0 ? 0 : quotient(above, g.window.stride) + 1,
          min(g.output_height, quotient(i + g.window.padding, g.window.stride) + 1)};
}

/// Folds input rows, each into all of `outputs` that cover it.
template <class Kernel>
constexpr void fold_rows(Kernel const& kernel, call_geometry const& g, call_memory const& m,
                         row_interval inputs, row_interval outputs) {
  for (std::int32_t i = inputs.first; i < inputs.last; ++i) {
    row_interval const over = rows_over(g, i);
    std::int32_t const last = min(over.last, outputs.last);
    for (std::int32_t y = max(over.first, outputs.first); y < last; ++y) {
      folded_row const into = folded_at(g, m, y);
      kernels::input_row const row{m.inputs[0].row(i), g.input_pixel_stride[0]};
      if (i == into.covered.first) kernel.fold(fold_stage::begin, into, row);
      kernel.fold(fold_stage::row, into, row);
      if (i + 1 == into.covered.last) kernel.fold(fold_stage::end, into, row);
    }
  }
}

/// Folds whole output rows, one after the other, since one state serves all; or some input rows.
template <class Kernel>
constexpr void fold(Kernel const& kernel, call_geometry const& g, call_memory const& m, bool all,
                    row_interval asked) {
  for (std::int32_t y = 0, turns = all ? g.output_height : 1; y < turns; ++y) {  // one body for both
    row_interval const inputs = all ? folded_at(g, m, y).covered : asked;
    fold_rows(kernel, g, m, inputs, all ? row_interval{y, y + 1} : row_interval{0, g.output_height});
  }
}

/// Output rows that lie side by side, and the windows of the operands that they are made from.
struct gathered_strip {
  kernels::row_span out;
  kernels::row_window windows[2];
};
/// The next rows of [y, last). The same code for all kernels: it knows nothing of them.
[[nodiscard, gnu::noinline]] constexpr gathered_strip gathered_at(call_geometry const& g,
                                                                  call_memory const& m, std::int32_t y,
                                                                  std::int32_t last) {
  std::int32_t const count = min(min(g.strip, last - y), m.output.side_by_side(y));
  gathered_strip made{{m.output.row(y), g.output_row_stride, g.output_pixel_stride, count}, {}};
  std::int32_t const top = y * g.window.stride - g.window.padding;
  auto const height = static_cast<std::int32_t>(g.window.height(count));
  for (std::int32_t i = 0; i < g.operands; ++i) {
    kernels::input_row* const begin = m.window + i * height;
    gather(g, m, static_cast<std::size_t>(i), top, height, begin);
    made.windows[i] = kernels::row_window(begin, static_cast<std::size_t>(height));
  }
  return made;
}

/// Makes output rows, as many at a time as lie side by side.
template <class Kernel>
constexpr void make_rows(Kernel const& kernel, call_geometry const& g, call_memory const& m,
                         row_interval outputs) {
  for (std::int32_t y = outputs.first; y < outputs.last;) {
    gathered_strip const at = gathered_at(g, m, y, outputs.last);
    kernel.make(at, m);
    y += at.out.rows;
  }
}

/// Moves operands and output to the next image of a batch.
[[gnu::noinline]] constexpr void go_to_next_image(call_geometry const& g, call_memory& m) {
  for (std::size_t i = 0; i < m.inputs.size(); ++i) {
    if (m.inputs[i].base != nullptr) m.inputs[i].base += std::int64_t{g.input_height} * g.input_row_stride[i];
  }
  m.output.base += std::int64_t{g.output_height} * g.output_row_stride;
}

/// A kernel and its descriptor, as the loops above call them.
template <class Descriptor, class Tag>
struct bound_kernel {
  static constexpr bool folds = FoldingKernel<Descriptor, Tag>;
  Descriptor const& d;

  constexpr void make(gathered_strip const& at, call_memory const& m) const {
    if constexpr (requires {
                    rows(d, at.windows[0], at.windows[1], at.out, m.packed, m.scratch.base, Tag{});
                  }) {
      rows(d, at.windows[0], at.windows[1], at.out, m.packed, m.scratch.base, Tag{});
    } else {
      rows(d, at.windows[0], at.out, m.packed, m.scratch.base, Tag{});
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
  void (*code)(void const*, gathered_strip const&, call_memory const&);

  void make(gathered_strip const& at, call_memory const& m) const { code(descriptor, at, m); }
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
    return any_making_kernel{descriptor, [](void const* d, gathered_strip const& at, call_memory const& m) {
                               kernel{*static_cast<Descriptor const*>(d)}.make(at, m);
                             }};
  }
}

/// Runs a kernel over `all_rows`, or over some rows of the first batch.
template <class Kernel>
constexpr void execute(Kernel const& kernel, call_geometry const& g, call_memory& m, row_interval asked) {
  bool const all = asked == all_rows;
  for (std::int32_t batch = 0;; ++batch) {
    if constexpr (Kernel::folds) {
      fold(kernel, g, m, all, asked);
    } else {
      make_rows(kernel, g, m, all ? row_interval{0, g.output_height} : asked);
    }
    if (!all || batch + 1 == g.batch) return;
    go_to_next_image(g, m);
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
