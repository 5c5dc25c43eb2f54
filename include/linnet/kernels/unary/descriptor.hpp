// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <type_traits>

#include <linnet/kernels/elementwise/descriptor.hpp>
#include <linnet/quantization/functions.hpp>
#include <linnet/quantization/logistic_table.hpp>

// A function of every element: the output has the input's shape, and one output row reads one row.
/// Functions of one element. Operands, elements side by side: inputs[0] and output (batch, height, width,
/// channels), of one type but for a cast. No constants.
/// Without a graph (runtime/whole_layer.hpp):
/// ```
/// unary::problem p{{.input_type = f32, .output_type = f32, .image = {1, 8, 8, 4}}, unary_function::exp};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{x}, y}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::unary {

/// output = function(input) with the parameters a and b (`unary_function`). f32: every function. Integers, of
/// one type on both sides: tanh, leaky_relu and hard_swish, by TensorFlow Lite's rules. A cast: from any of
/// f32, s64, s32, s16, s8 and u8 to any (`cast_to`).
struct problem : elementwise::unary_problem {
  unary_function function = unary_function::abs;  ///< which of them
  float a = 0.0f, b = 0.0f;                       ///< parameters, as `unary_function` names them
};

/// A function as a type: a kernel holds the code of one.
template <unary_function F>
using function_constant = std::integral_constant<unary_function, F>;

/// Calls `f` with the function as a type. Precondition: it is no cast, which two types make.
template <class F>
constexpr decltype(auto) with_function(unary_function which, F&& f) {
  using enum unary_function;
  switch (which) {
    case abs: return f(function_constant<abs>{});
    case neg: return f(function_constant<neg>{});
    case exp: return f(function_constant<exp>{});
    case log: return f(function_constant<log>{});
    case sqrt: return f(function_constant<sqrt>{});
    case rsqrt: return f(function_constant<rsqrt>{});
    case square: return f(function_constant<square>{});
    case reciprocal: return f(function_constant<reciprocal>{});
    case floor: return f(function_constant<floor>{});
    case sign: return f(function_constant<sign>{});
    case tanh: return f(function_constant<tanh>{});
    case elu: return f(function_constant<elu>{});
    case leaky_relu: return f(function_constant<leaky_relu>{});
    case hard_sigmoid: return f(function_constant<hard_sigmoid>{});
    case hard_swish: return f(function_constant<hard_swish>{});
    case swish: return f(function_constant<swish>{});
    case gelu: return f(function_constant<gelu>{});
    case softplus:
    case cast: break;
  }
  return f(function_constant<softplus>{});
}

/// Numbers of an integer function: of two multipliers the first is for inputs from the zero point up.
///   tanh        the input goes to Q4.27 by `first`; from `radius` steps on the result is saturated
///               (TFLite integer_ops/tanh.h; radius: CalculateInputRadius(4, shift, 31))
///   leaky_relu  s_in / s_out and s_in * a / s_out (TFLite reference/leaky_relu.h)
///   hard_swish  the input, raised by 2^7, to the output's scale and to 3 / 2^15, both with 15 bits of
///               mantissa (TFLite reference/hard_swish.h)
/// Ratios of scales are those of float32, as there.
struct integer_factors {
  multiplier first, second;  ///< as the function needs them
  std::int32_t radius = 0;   ///< in steps from the zero point
};
/// Those of a problem.
[[nodiscard]] constexpr integer_factors factors_of(problem const& p) {
  auto const real = [](float ratio) { return static_cast<double>(ratio); };
  integer_factors made;
  if (p.function == unary_function::tanh) {
    made.first = make_multiplier(real(p.input_quantization.scale) * exp2(27));
    made.radius = saturate<std::int32_t>(static_cast<std::int64_t>(15.0 * exp2(27 - made.first.exponent)));
  } else if (p.function == unary_function::leaky_relu) {
    made.first = make_multiplier(real(p.input_quantization.scale / p.output_quantization.scale));
    made.second = make_multiplier(real(p.input_quantization.scale * p.a / p.output_quantization.scale));
  } else {
    float const raised = (1.0f / 128.0f) * p.input_quantization.scale, threes = 3.0f / 32768.0f;
    made.first = make_multiplier(real(raised / p.output_quantization.scale));
    made.second = make_multiplier(real(raised / threes));
  }
  return made;
}

/// What a kernel of one function reads.
template <class Extent, class T, class Policy, unary_function Function>
struct descriptor {
  elementwise::row_extents<Extent> row;  ///< how many elements
  float a = 0.0f, b = 0.0f;
  output_stage<T> output{};           ///< zero point and clamp
  std::int16_t input_zero_point = 0;  ///< of stored integers
  integer_factors factors{};          ///< of an integer function

  /// Precondition: every extent fits Extent.
  constexpr explicit descriptor(problem const& p) : row(p.image), a(p.a), b(p.b) {
    if constexpr (!std::floating_point<T>) {
      output = {p.output_quantization.zero_point,
                {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()}};
      input_zero_point = static_cast<std::int16_t>(p.input_quantization.zero_point);
      factors = factors_of(p);
    }
  }
};

/// What a cast between two types reads.
template <class Extent, class From, class To>
struct cast_descriptor {
  elementwise::row_extents<Extent> row;  ///< how many elements
  /// Precondition: every extent fits Extent.
  constexpr explicit cast_descriptor(problem const& p) : row(p.image) {}
};
/// The same where the types are known at run time: one kernel in place of one for each pair.
template <class Extent>
struct any_cast_descriptor {
  elementwise::row_extents<Extent> row;
  element_type from, to;  ///< of each element
  /// Precondition: every extent fits Extent.
  constexpr explicit any_cast_descriptor(problem const& p)
      : row(p.image), from(p.input_type), to(p.output_type) {}
};

/// tanh of integers of 16 bits, by a table (TFLite integer_ops/tanh.h): the rounding policy has no part in
/// it.
template <class Extent>
struct wide_tanh_descriptor {
  elementwise::row_extents<Extent> row;  ///< how many elements
  table_steps steps;                     ///< how its integers become the steps of the table

  /// Precondition: every extent fits Extent.
  constexpr explicit wide_tanh_descriptor(problem const& p)
      : row(p.image), steps(table_steps_of(p.input_quantization.scale, true)) {}
};

/// Calls `f` with a number's C++ type. Precondition: `is_number`.
template <class F>
constexpr decltype(auto) with_number(element_type type, F&& f) {
  switch (type) {
    case f32: return f(std::type_identity<float>{});
    case s64: return f(std::type_identity<std::int64_t>{});
    case s32: return f(std::type_identity<std::int32_t>{});
    case s16: return f(std::type_identity<std::int16_t>{});
    case u8: return f(std::type_identity<std::uint8_t>{});
    default: return f(std::type_identity<std::int8_t>{});
  }
}
/// Whether a cast knows the type.
[[nodiscard]] constexpr bool is_number(element_type type) {
  return type == f32 || type == s64 || type == s32 || type == s16 || type == s8 || type == u8;
}

/// Calls `f` with a stored integer's C++ type. Precondition: `type` is s8, u8 or s16.
template <class F>
constexpr decltype(auto) with_integer(element_type type, F&& f) {
  if (type == u8) return f(std::type_identity<std::uint8_t>{});
  if (type == s16) return f(std::type_identity<std::int16_t>{});
  return f(std::type_identity<std::int8_t>{});
}

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(problem const& p, F&& f) {
  using enum unary_function;
  if (p.function == cast) return f(any_cast_descriptor<Extent>(p));
  if (p.input_type == f32) {
    return with_function(p.function, [&]<unary_function Function>(function_constant<Function>) {
      return f(descriptor<Extent, float, no_rounding, Function>(p));
    });
  }
  if (p.function == tanh && p.input_type == s16) return f(wide_tanh_descriptor<Extent>(p));
  return with_multiplier_policy(p.rounding, [&]<class Policy>(Policy) {
    return with_integer(p.input_type, [&]<class T>(std::type_identity<T>) {
      if (p.function == tanh) return f(descriptor<Extent, T, Policy, tanh>(p));
      if (p.function == leaky_relu) return f(descriptor<Extent, T, Policy, leaky_relu>(p));
      return f(descriptor<Extent, T, Policy, hard_swish>(p));
    });
  });
}

/// The descriptor of a problem known when compiled.
template <class Extent, problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<problem, P>) {
  if constexpr (P.function == unary_function::cast) {
    return cast_descriptor<Extent, stored_element<P.input_type>, stored_element<P.output_type>>(P);
  } else if constexpr (P.function == unary_function::tanh && P.input_type == s16) {
    return wide_tanh_descriptor<Extent>(P);
  } else {
    using types = arithmetic<P.input_type, P.rounding>;
    return descriptor<Extent, typename types::element, typename types::multiplier_policy, P.function>(P);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::unary
