// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <linnet/kernels/contract.hpp>

// Elements in another order, some of them left out: what a transpose, a slice and a split are.
/// Transposes, slices and whatever else picks elements by steps. Operands: inputs[0], `input_elements` side
/// by side; output of any rank up to 6, row-major. No constants. Without a graph (runtime/whole_layer.hpp):
/// ```
/// strided_copy::problem const p = strided_copy::transposed(f32, {2, 3}, {1, 0});
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::strided_copy {

/// Element (i0, i1, ...) of the output is element first + i0 * steps[0] + i1 * steps[1] + ... of the input,
/// counted as they lie in memory. Bytes are moved, never computed with. The whole tensor is one row: what a
/// transpose reads first it may need last.
struct problem {
  element_type type = s8;  ///< of whole bytes
  shape output;            ///< any rank up to 6
  /// Of the whole input; the one that the first output element is.
  std::int32_t input_elements = 1, first = 0;
  std::array<std::int32_t, max_rank> steps{};  ///< of each dimension of the output
};

/// Output dimension i is input dimension axes[i]. Precondition: `axes` is a permutation of the rank.
[[nodiscard]] constexpr problem transposed(element_type type, shape const& input,
                                           static_vector<std::int32_t, max_rank> const& axes) {
  problem p{.type = type, .output = {}, .input_elements = static_cast<std::int32_t>(input.elements())};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    std::int32_t step = 1;
    for (auto inner = static_cast<std::size_t>(axes[i]) + 1; inner < input.rank(); ++inner)
      step *= input[inner];
    p.steps[i] = step;
    p.output.push_back(input[static_cast<std::size_t>(axes[i])]);
  }
  return p;
}

/// What the executor walks over: pixels that are whole tensors.
[[nodiscard]] constexpr image_shape input_image_of(problem const& p) { return {1, 1, 1, p.input_elements}; }
/// What the executor walks over: one pixel that is the whole tensor.
[[nodiscard]] constexpr image_shape image_of(problem const& p) {
  return {1, 1, 1, static_cast<std::int32_t>(p.output.elements())};
}

/// Extents and steps (in bytes) from the innermost dimension, those that follow one another as one.
template <class Extent>
struct descriptor {
  std::array<Extent, max_rank> extents{};  ///< 1 beyond the dimensions
  std::array<std::int32_t, max_rank> steps{};
  std::int32_t first;          ///< bytes into the input
  std::uint8_t element_bytes;  ///< 1 to 8

  /// Precondition: every extent, and the product of those that follow one another, fits Extent.
  constexpr explicit descriptor(problem const& p)
      : first(p.first * static_cast<std::int32_t>(bytes_of(p.type, 1))),
        element_bytes(static_cast<std::uint8_t>(bytes_of(p.type, 1))) {
    for (Extent& e : extents) e = 1;
    std::size_t used = 0;
    for (std::size_t i = p.output.rank(); i-- > 0;) {
      std::int32_t const extent = p.output[i], step = p.steps[i] * element_bytes;
      if (extent == 1) continue;
      if (used > 0 && step == steps[used - 1] * static_cast<std::int32_t>(extents[used - 1])) {
        extents[used - 1] = static_cast<Extent>(extents[used - 1] * extent);
        continue;
      }
      extents[used] = static_cast<Extent>(extent);
      steps[used++] = step;
    }
  }
};
static_assert(sizeof(descriptor<std::uint16_t>) <= 44);

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

}  // namespace linnet::inline LINNET_ISA::kernels::strided_copy
