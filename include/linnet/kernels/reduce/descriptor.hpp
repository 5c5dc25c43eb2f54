// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <type_traits>

#include <linnet/kernels/mean/descriptor.hpp>
#include <linnet/kernels/unary/descriptor.hpp>
#include <linnet/quantization/functions.hpp>

// Sum, largest or smallest element over any of height, width and channels: a folding kernel like the mean.
/// Sums, extremes, and where they are. Operands, elements side by side: inputs[0] (batch, height, width,
/// channels), output the same with 1 for what is reduced; indices are s32 or s64. No constants; rows are
/// folded one by one into `scratch`, those of indices are made one from one. Without a graph
/// (runtime/whole_layer.hpp):
/// ```
/// reduce::problem const p{.reduction = reduction::maximum, .type = s8, .input = {1, 8, 8, 4}};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::reduce {

/// f32: every reduction. s8, u8, s16: the largest and the smallest, of stored values: input and output share
/// one quantization; and where they are, along the channels.
struct problem {
  linnet::reduction reduction = reduction::sum;  ///< which of them
  element_type type = f32;                       ///< of the input, and of an output that is no index
  image_shape input{};                           ///< (batch, height, width, channels)
  /// Dimensions that are reduced; indices: the channels alone.
  bool over_height = true, over_width = true, over_channels = false;
  element_type index_type = s32;  ///< or s64

  /// Pixels in a row of the output.
  [[nodiscard]] constexpr std::int32_t output_width() const { return over_width ? 1 : input.width; }
  /// Elements in a pixel of the output.
  [[nodiscard]] constexpr std::int32_t output_channels() const { return over_channels ? 1 : input.channels; }
};

/// How the kernel walks down its input: over all rows of an image, or one by one.
[[nodiscard]] constexpr vertical_window window_of(problem const& p) {
  return p.over_height ? vertical_window{.kernel = p.input.height} : vertical_window{};
}

/// What a kernel of one reduction reads.
template <class Extent, class T, reduction Reduction>
struct descriptor {
  Extent width, channels, output_width, output_channels;  ///< extents of an input and an output row

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : width(static_cast<Extent>(p.input.width)),
        channels(static_cast<Extent>(p.input.channels)),
        output_width(static_cast<Extent>(p.output_width())),
        output_channels(static_cast<Extent>(p.output_channels())) {}
};

/// The place of the largest element of a pixel, or the smallest, as an index of 4 or 8 bytes.
template <class Extent, class T>
struct index_descriptor {
  Extent width, channels;
  bool smallest, last, wide;  ///< else the largest; the first of equal ones; 4 bytes

  /// Precondition: every extent fits Extent.
  constexpr explicit index_descriptor(problem const& p)
      : width(static_cast<Extent>(p.input.width)),
        channels(static_cast<Extent>(p.input.channels)),
        smallest(p.reduction == reduction::first_of_minimum || p.reduction == reduction::last_of_minimum),
        last(p.reduction == reduction::last_of_maximum || p.reduction == reduction::last_of_minimum),
        wide(p.index_type == s64) {}
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  using enum reduction;
  auto const of_type = [&]<class T>(std::type_identity<T>) {
    if (gives_index(p.reduction)) return f(index_descriptor<Extent, T>(p));
    if (p.reduction == maximum) return f(descriptor<Extent, T, maximum>(p));
    return f(descriptor<Extent, T, minimum>(p));
  };
  if (p.type != f32) return unary::with_integer(p.type, of_type);
  if (p.reduction == sum) return f(descriptor<Extent, float, sum>(p));
  return of_type(std::type_identity<float>{});
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  using element = typename arithmetic<P.type>::element;
  if constexpr (gives_index(P.reduction)) {
    return index_descriptor<Extent, element>(P);
  } else {
    return descriptor<Extent, element, P.reduction>(P);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::reduce
