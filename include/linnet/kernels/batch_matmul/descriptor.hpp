// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <linnet/kernels/elementwise/descriptor.hpp>

/// Products of matrices that lie in two tensors of any number of outer dimensions, which are repeated where
/// they are 1 or missing. Operands, elements side by side: inputs[0] of shape a, inputs[1] of shape b;
/// output, row-major. No constants. Without a graph (runtime/whole_layer.hpp):
/// ```
/// batch_matmul::problem const p{.type = f32, .a = {4, 2, 3}, .b = {3, 5}, .output = {4, 2, 5}};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{a, b}, y}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::batch_matmul {

/// output[.., m, n] = clamp(requantize(sum over k of (a[.., m, k] - its zero point) * (b[.., k, n] - its zero
/// point))). s8 and u8 are summed in 32 bits, s16 in 64 bits and requantized by `reduced_multiplier` (TFLite
/// integer_ops, batch_matmul.h).
struct problem {
  element_type type = s8;                                 ///< of operands and output
  linnet::rounding rounding = rounding::double_rounding;  ///< of bytes also single_rounding
  linnet::activation activation = activation::none;       ///< what the result is clamped to
  shape a, b, output;                                     ///< of rank 2 to 6
  bool a_transposed = false, b_transposed = false;        ///< stored (.., k, m); stored (.., n, k)
  quantization a_quantization{}, b_quantization{}, output_quantization{};  ///< none of floats
  stored_bounds bounds{};                                                  ///< in place of the activation's
  multiplier factor{};  ///< in place of what the scales make; none where q31 is 0
};

/// What the executor walks over: tensors that are one pixel. Operands by the larger one: extents must hold
/// both.
[[nodiscard]] constexpr image_shape input_image_of(problem const& p) {
  return {1, 1, 1, static_cast<std::int32_t>(max(p.a.elements(), p.b.elements()))};
}
/// The same of the output.
[[nodiscard]] constexpr image_shape image_of(problem const& p) {
  return {1, 1, 1, static_cast<std::int32_t>(p.output.elements())};
}

/// How many dimensions there may be outside of the matrices.
inline constexpr std::size_t most_batches = max_rank - 2;

/// What the kernel reads at run time.
template <class Extent, class T, class Policy>
struct descriptor {
  std::array<Extent, most_batches> batches{};       ///< extents outside of the matrices, the outermost first
  Extent rows, inner, columns;                      ///< m, k, n
  std::uint8_t a_repeated = 0, b_repeated = 0;      ///< bit i: along batches[i]
  bool a_transposed, b_transposed;                  ///< as the problem says
  std::int16_t a_zero_point = 0, b_zero_point = 0;  ///< 0 for floats and 16 bits
  output_stage<T> output;                           ///< from sums to stored values
  [[no_unique_address]] typename Policy::factor factor{};  ///< of every sum

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : rows(static_cast<Extent>(p.output.back(1))),
        inner(static_cast<Extent>(p.a.back(p.a_transposed ? 1 : 0))),
        columns(static_cast<Extent>(p.output.back(0))),
        a_transposed(p.a_transposed),
        b_transposed(p.b_transposed),
        output{p.output_quantization.zero_point, clamp_for<T>(p)} {
    for (std::size_t i = 0; i < most_batches; ++i) {
      std::size_t const at = most_batches - 1 - i;
      batches[at] = static_cast<Extent>(p.output.back(i + 2));
      if (p.a.back(i + 2) == 1) a_repeated = static_cast<std::uint8_t>(a_repeated | 1u << at);
      if (p.b.back(i + 2) == 1) b_repeated = static_cast<std::uint8_t>(b_repeated | 1u << at);
    }
    if constexpr (!std::floating_point<T>) {
      a_zero_point = static_cast<std::int16_t>(p.a_quantization.zero_point);
      b_zero_point = static_cast<std::int16_t>(p.b_quantization.zero_point);
      factor = p.factor.q31 != 0 ? p.factor
                                 : Policy::prepare(p.a_quantization.scale, p.b_quantization.scale,
                                                   p.output_quantization.scale);
    }
  }
};

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  if (p.type == f32) return f(descriptor<Extent, float, no_rounding>(p));
  if (p.type == s16) return f(descriptor<Extent, std::int16_t, reduced_multiplier>(p));
  return with_multiplier_policy(p.rounding, [&]<class Policy>(Policy) {
    if (p.type == u8) return f(descriptor<Extent, std::uint8_t, Policy>(p));
    return f(descriptor<Extent, std::int8_t, Policy>(p));
  });
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  using types = arithmetic<P.type, P.rounding>;
  using policy = std::conditional_t<P.type == s16, reduced_multiplier, typename types::multiplier_policy>;
  return descriptor<Extent, typename types::element, policy>(P);
}

}  // namespace linnet::inline LINNET_ISA::kernels::batch_matmul
