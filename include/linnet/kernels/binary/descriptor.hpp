// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <linnet/kernels/elementwise/descriptor.hpp>
#include <linnet/kernels/unary/descriptor.hpp>
#include <linnet/quantization/functions.hpp>

// A function of two elements at a time. Where the operands' shapes differ, extents of 1 are repeated, and
// dimensions that one of them lacks in front count as 1.
/// Functions of two elements, with broadcasting. Operands, elements side by side: inputs[0] of shape a,
/// inputs[1] of shape b, output, row-major and of rank up to 6; an extent of 1, or one that a shape lacks in
/// front, is repeated. No constants.
/// Without a graph (runtime/whole_layer.hpp):
/// ```
/// binary::problem const p{binary_function::mul, f32, {}, {}, {2, 3}, {3}, {2, 3}};  // (2, 3) * (3)
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{a, b}, y}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::binary {

/// output = clamp(function(a, b)). f32: every function. s8, u8, s16: all but div; maximum and minimum between
/// tensors of one quantization.
struct problem {
  binary_function function = binary_function::add;        ///< which of them
  element_type type = s8;                                 ///< of operands and output
  linnet::rounding rounding = rounding::double_rounding;  ///< of integers: double_rounding or single_rounding
  linnet::activation activation = activation::none;       ///< what the result is clamped to
  shape a, b, output;                                     ///< of operands and output, any rank up to 6
  quantization a_quantization, b_quantization, output_quantization;  ///< none of floats
  stored_bounds bounds{};                                            ///< in place of the activation's
  elementwise::add_factors factors{};                                ///< in place of what the scales make

  /// Operands of one shape go row by row, others as a whole.
  [[nodiscard]] constexpr bool repeats() const { return !(a == b); }
};

/// What the executor walks over: the image, or one pixel that is the whole tensor.
[[nodiscard]] constexpr image_shape image_of(problem const& p) {
  if (!p.repeats()) return as_image(p.output);
  return {1, 1, 1, static_cast<std::int32_t>(p.output.elements())};
}

/// The multipliers of an integer function.
///   add, sub  both operands, raised by 2^20 (s16: 2^15), to twice the larger scale, and from there to the
///             output's (TFLite integer_ops/add.h)
///   mul       s_a * s_b / s_out as `output` (TFLite integer_ops/mul.h)
///   prelu     s_a / s_out as `a`, for a from zero up, s_a * s_b / s_out as `output` (TFLite prelu.h)
[[nodiscard]] constexpr elementwise::add_factors factors_of(problem const& p) {
  auto const a = static_cast<double>(p.a_quantization.scale), b = static_cast<double>(p.b_quantization.scale),
             output = static_cast<double>(p.output_quantization.scale);
  if (p.function == binary_function::mul) return {{}, {}, make_multiplier(a * b / output)};
  if (p.function == binary_function::prelu)
    return {make_multiplier(a / output), {}, make_multiplier(a * b / output)};
  double const twice_larger = 2.0 * max(a, b);
  return {make_multiplier(a / twice_larger), make_multiplier(b / twice_larger),
          make_multiplier(twice_larger / (exp2(p.type == s16 ? 15 : 20) * output))};
}

/// Runs of elements, innermost last. Neighbouring dimensions in which each operand is repeated or not are
/// one.
template <class Extent>
struct run_list {
  std::array<Extent, max_rank> extents{};       ///< 1 in front of the outermost run
  std::uint8_t a_repeated = 0, b_repeated = 0;  ///< bit i: dimension i

  /// Precondition: every extent, and the product of those that are joined, fits Extent.
  constexpr explicit run_list(problem const& p) {
    for (Extent& e : extents) e = 1;
    if (!p.repeats()) {
      image_shape const image = as_image(p.output);
      extents[max_rank - 2] = static_cast<Extent>(image.width);
      extents[max_rank - 1] = static_cast<Extent>(image.channels);
      return;
    }
    std::size_t at = max_rank;  // the outermost run so far
    bool a_last = false, b_last = false;
    for (std::size_t i = 0; i < p.output.rank(); ++i) {  // from the innermost dimension
      std::int32_t const extent = p.output.back(i);
      if (extent == 1) continue;
      bool const a_here = p.a.back(i) == 1, b_here = p.b.back(i) == 1;
      if (at < max_rank && a_here == a_last && b_here == b_last) {
        extents[at] = static_cast<Extent>(extents[at] * extent);
        continue;
      }
      extents[--at] = static_cast<Extent>(extent);
      if (a_here) a_repeated = static_cast<std::uint8_t>(a_repeated | 1u << at);
      if (b_here) b_repeated = static_cast<std::uint8_t>(b_repeated | 1u << at);
      a_last = a_here;
      b_last = b_here;
    }
  }
};

/// Functions whose kernels are one: which of them is a number at run time.
enum class group : std::uint8_t {
  sums,      // add, sub
  products,  // mul, prelu; floats: div
  extremes   // maximum, minimum
};
/// The group that a function belongs to.
[[nodiscard]] constexpr group group_of(binary_function f) {
  if (f == binary_function::add || f == binary_function::sub) return group::sums;
  return f == binary_function::maximum || f == binary_function::minimum ? group::extremes : group::products;
}

/// What a kernel of one type and group reads.
template <class Extent, class T, class Policy, group Group>
struct descriptor {
  static constexpr int left_shift = sizeof(T) == 2 ? 15 : 20;  ///< of sums
  run_list<Extent> runs;                                       ///< outermost first
  bool repeats;
  binary_function function;                         ///< one of the group
  output_stage<T> output;                           ///< zero point and clamp
  std::int16_t a_zero_point = 0, b_zero_point = 0;  ///< of stored integers
  elementwise::add_factors factors{};

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p)
      : runs(p),
        repeats(p.repeats()),
        function(p.function),
        output{p.output_quantization.zero_point, clamp_for<T>(p)} {
    if constexpr (!std::floating_point<T>) {
      a_zero_point = static_cast<std::int16_t>(p.a_quantization.zero_point);
      b_zero_point = static_cast<std::int16_t>(p.b_quantization.zero_point);
      factors = p.factors.given() ? p.factors : factors_of(p);
    }
  }
};

/// The policy of a group's kernels: what is only compared is not rounded.
template <group Group, class Policy>
using policy_of = std::conditional_t<Group == group::extremes, no_rounding, Policy>;

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  auto const of_group = [&]<group Group>(std::integral_constant<group, Group>) {
    if (p.type == f32) return f(descriptor<Extent, float, no_rounding, Group>(p));
    return with_multiplier_policy(p.rounding, [&]<class Policy>(Policy) {
      return unary::with_integer(p.type, [&]<class T>(std::type_identity<T>) {
        return f(descriptor<Extent, T, policy_of<Group, Policy>, Group>(p));
      });
    });
  };
  switch (group_of(p.function)) {
    case group::sums: return of_group(std::integral_constant<group, group::sums>{});
    case group::products: return of_group(std::integral_constant<group, group::products>{});
    case group::extremes: break;
  }
  return of_group(std::integral_constant<group, group::extremes>{});
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  using types = arithmetic<P.type, P.rounding>;
  constexpr group made = group_of(P.function);
  return descriptor<Extent, typename types::element, policy_of<made, typename types::multiplier_policy>,
                    made>(P);
}

}  // namespace linnet::inline LINNET_ISA::kernels::binary
