// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <type_traits>

#include <linnet/kernels/contract.hpp>
#include <linnet/quantization/logistic_table.hpp>

// Operators that make each output element of the input element (or pair) at the same place. One output row
// reads one row of each input.
/// What is done to each element by itself: conversions between types and quantizations, clamps, the logistic
/// function, and the sum of two tensors of one shape. Operands, elements side by side: inputs[0], of a sum
/// inputs[1] too, and output (batch, height, width, channels). No constants; int8 sums and rescalings have a
/// packed stream of five numbers on cores with DSP instructions (`linear_sum`).
/// Without a graph (runtime/whole_layer.hpp):
/// ```
/// add_problem const p{.type = f32, .image = {1, 8, 8, 4}};
/// layer_needs const needs = needs_of_layer<arch::native>(p);  // bytes and row pointers of `memory`
/// run_layer<std::int32_t, arch::native>(p, {{a, b}, y}, memory);
/// ```
namespace linnet::inline LINNET_ISA::kernels::elementwise {

/// One input, one output.
struct unary_problem {
  element_type input_type = s8, output_type = s8;         ///< of each element
  linnet::rounding rounding = rounding::double_rounding;  ///< of integers
  linnet::activation activation = activation::none;       ///< what the result is clamped to
  image_shape image;                                      ///< of input and output alike
  quantization input_quantization, output_quantization;   ///< none of floats
};

/// output = clamp(requantize(input - its zero point)) between s8 and u8 of any scales, and from s8 to s16,
/// s16 to s8, s16 to s16 and s16 to s32 under double rounding; f32 is only clamped. Other integers, of one
/// type and quantization, are copied. Serves requantize, the relu family, and the parts of a concat.
struct rescale_problem : unary_problem {};
/// output = round(input / scale) + zero point: f32 to s8 or u8.
struct quantize_problem : unary_problem {};
/// output = (input - zero point) * scale: s8 or u8 to f32.
struct dequantize_problem : unary_problem {};
/// output = 1 / (1 + e^-input); integers have the output scale 1/256, those of 16 bits 1/32768.
struct logistic_problem : unary_problem {};

/// The multipliers of an addition, where they are given in place of what the scales make; none where the
/// output's is 0.
struct add_factors {
  multiplier a, b, output;  ///< of the operands, raised by 2^20 (s16: 2^15); of their sum
  /// Whether they are stated.
  [[nodiscard]] constexpr bool given() const { return output.q31 != 0; }
};

/// output = clamp(a + b).
struct add_problem {
  element_type type = s8;  ///< of operands and output
  linnet::rounding rounding = rounding::double_rounding;
  linnet::activation activation = activation::none;
  image_shape image;
  quantization a_quantization, b_quantization, output_quantization;  ///< none of floats
  stored_bounds bounds{};                                            ///< in place of the activation's
  add_factors factors{};                                             ///< in place of what the scales make
};

/// Extents of a row: all that every elementwise kernel has in common.
template <class Extent>
struct row_extents {
  Extent width, channels;  ///< pixels of a row, elements of a pixel
  /// Precondition: both fit Extent.
  constexpr explicit row_extents(image_shape const& image)
      : width(static_cast<Extent>(image.width)), channels(static_cast<Extent>(image.channels)) {}
};

/// What a rescaling reads.
template <class Extent, class In, class Out, class Policy>
struct rescale_descriptor {
  row_extents<Extent> row;         ///< how many elements
  std::int16_t input_zero_point;   ///< of stored integers; floats: 0
  output_stage<Out> output;        ///< zero point and clamp
  typename Policy::factor factor;  ///< input scale / output scale

  /// Precondition: every extent fits Extent.
  constexpr rescale_descriptor(rescale_problem const& p, Policy policy)
      : row(p.image),
        input_zero_point(static_cast<std::int16_t>(p.input_quantization.zero_point)),
        output{p.output_quantization.zero_point, clamp_of<Out>(p.activation, p.output_quantization)},
        factor(policy.prepare(p.input_quantization.scale, 1.0f, p.output_quantization.scale)) {}
};

/// Whether bytes are moved as they are.
[[nodiscard]] constexpr bool copies(rescale_problem const& p) {
  element_type const type = p.input_type;
  bool const computes = type == s8 || type == u8 || type == f32;
  return type == p.output_type && !computes && p.activation == activation::none &&
         p.input_quantization == p.output_quantization;
}
/// What a copy of rows reads.
template <class Extent>
struct copy_descriptor {
  Extent width;              ///< pixels of a row
  std::int32_t pixel_bytes;  ///< of one
  /// Precondition: every extent fits Extent.
  constexpr explicit copy_descriptor(rescale_problem const& p)
      : width(static_cast<Extent>(p.image.width)),
        pixel_bytes(static_cast<std::int32_t>(bytes_of(p.input_type, p.image.channels))) {}
};

/// Calls `f` with the types on both sides where one has more than a byte. Precondition: `supports`.
template <class F>
constexpr decltype(auto) with_wide_types(rescale_problem const& p, F&& f) {
  if (p.input_type == s8) return f(std::type_identity<std::int8_t>{}, std::type_identity<std::int16_t>{});
  if (p.output_type == s8) return f(std::type_identity<std::int16_t>{}, std::type_identity<std::int8_t>{});
  if (p.output_type == s32) return f(std::type_identity<std::int16_t>{}, std::type_identity<std::int32_t>{});
  return f(std::type_identity<std::int16_t>{}, std::type_identity<std::int16_t>{});
}
/// Whether one side has elements of 16 bits.
[[nodiscard]] constexpr bool is_wide(rescale_problem const& p) {
  return p.input_type == s16 || p.output_type == s16;
}

/// What a conversion from floats reads.
template <class Extent, class T>
struct quantize_descriptor {
  row_extents<Extent> row;
  affine<T> quantizer;  ///< of the integers
};
/// What a conversion to floats reads.
template <class Extent, class T>
struct dequantize_descriptor {
  row_extents<Extent> row;
  affine<T> quantizer;
};

/// Integers: the input goes to Q4.27 by `factor`; beyond `radius` steps from its zero point the result is
/// saturated (TFLite integer_ops/logistic.h; radius: CalculateInputRadius(4, shift, 31)).
template <class Extent, class T, class Policy>
struct logistic_descriptor {
  row_extents<Extent> row;
  std::int16_t input_zero_point = 0;
  std::int32_t radius = 0;  ///< in steps from the zero point
  multiplier factor;

  /// Precondition: every extent fits Extent.
  constexpr explicit logistic_descriptor(logistic_problem const& p) : row(p.image) {
    if constexpr (!std::floating_point<T>) {
      input_zero_point = static_cast<std::int16_t>(p.input_quantization.zero_point);
      factor = make_multiplier(static_cast<double>(p.input_quantization.scale) * exp2(27));
      radius = saturate<std::int32_t>(static_cast<std::int64_t>(15.0 * exp2(27 - factor.exponent)));
    }
  }
};

/// Integers of 16 bits, by a table (TFLite integer_ops/logistic.h): the rounding policy has no part in it.
template <class Extent>
struct wide_logistic_descriptor {
  row_extents<Extent> row;
  table_steps steps;  ///< how its integers become the steps of the table

  /// Precondition: every extent fits Extent.
  constexpr explicit wide_logistic_descriptor(logistic_problem const& p)
      : row(p.image), steps(table_steps_of(p.input_quantization.scale, false)) {}
};

/// Integers (TFLite integer_ops/add.h): both inputs are raised by 2^20, brought to twice the larger scale,
/// added, and brought to the output's. Multipliers as separate mantissas and exponents: 36 bytes hold them
/// all.
template <class Extent, class T, class Policy>
struct add_descriptor {
  static constexpr int left_shift = 20;  ///< bits that integers are raised by
  row_extents<Extent> row;
  output_stage<T> output;
  std::int16_t a_zero_point = 0, b_zero_point = 0;                  ///< of stored integers
  std::int32_t a_q31 = 0, b_q31 = 0, output_q31 = 0;                ///< mantissas, of `multiplier`
  std::int8_t a_exponent = 0, b_exponent = 0, output_exponent = 0;  ///< exponents, of `multiplier`

  /// Precondition: every extent fits Extent.
  constexpr explicit add_descriptor(add_problem const& p)
      : row(p.image), output{p.output_quantization.zero_point, clamp_for<T>(p)} {
    if constexpr (!std::floating_point<T>) {
      a_zero_point = static_cast<std::int16_t>(p.a_quantization.zero_point);
      b_zero_point = static_cast<std::int16_t>(p.b_quantization.zero_point);
      add_factors const factors = p.factors.given() ? p.factors : factors_of(p);
      set(factors.a, a_q31, a_exponent);
      set(factors.b, b_q31, b_exponent);
      set(factors.output, output_q31, output_exponent);
    }
  }

 private:
  [[nodiscard]] static constexpr add_factors factors_of(add_problem const& p) {
    double const a = static_cast<double>(p.a_quantization.scale),
                 b = static_cast<double>(p.b_quantization.scale);
    double const twice_larger = 2.0 * max(a, b);
    return {make_multiplier(a / twice_larger), make_multiplier(b / twice_larger),
            make_multiplier(twice_larger /
                            (exp2(left_shift) * static_cast<double>(p.output_quantization.scale)))};
  }
  static constexpr void set(multiplier m, std::int32_t& q31, std::int8_t& exponent) {
    q31 = m.q31;
    exponent = static_cast<std::int8_t>(m.exponent);
  }
};
static_assert(sizeof(add_descriptor<std::uint16_t, std::int8_t, double_rounding>) <= 36);

/// Calls `f` with the descriptor of a problem that a kernel supports.
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(rescale_problem const& p, F&& f) {
  if (p.input_type == f32) return f(rescale_descriptor<Extent, float, float, no_rounding>(p, {}));
  if (copies(p)) return f(copy_descriptor<Extent>(p));
  if (is_wide(p)) {
    return with_wide_types(p, [&]<class In, class Out>(std::type_identity<In>, std::type_identity<Out>) {
      return f(rescale_descriptor<Extent, In, Out, double_rounding>(p, {}));
    });
  }
  return with_rounding(p.rounding, [&]<class Policy>(Policy policy) {
    bool const from_s8 = p.input_type == s8, to_s8 = p.output_type == s8;
    if (from_s8 && to_s8) return f(rescale_descriptor<Extent, std::int8_t, std::int8_t, Policy>(p, policy));
    if (from_s8) return f(rescale_descriptor<Extent, std::int8_t, std::uint8_t, Policy>(p, policy));
    if (to_s8) return f(rescale_descriptor<Extent, std::uint8_t, std::int8_t, Policy>(p, policy));
    return f(rescale_descriptor<Extent, std::uint8_t, std::uint8_t, Policy>(p, policy));
  });
}
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(quantize_problem const& p, F&& f) {
  auto const [scale, zero_point] = p.output_quantization;
  row_extents<Extent> const row(p.image);
  if (p.output_type == u8) return f(quantize_descriptor<Extent, std::uint8_t>{row, {scale, zero_point}});
  return f(quantize_descriptor<Extent, std::int8_t>{row, {scale, zero_point}});
}
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(dequantize_problem const& p, F&& f) {
  auto const [scale, zero_point] = p.input_quantization;
  row_extents<Extent> const row(p.image);
  if (p.input_type == u8) return f(dequantize_descriptor<Extent, std::uint8_t>{row, {scale, zero_point}});
  return f(dequantize_descriptor<Extent, std::int8_t>{row, {scale, zero_point}});
}
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(logistic_problem const& p, F&& f) {
  if (p.input_type == f32) return f(logistic_descriptor<Extent, float, no_rounding>(p));
  if (p.input_type == s16) return f(wide_logistic_descriptor<Extent>(p));
  return with_multiplier_policy(p.rounding, [&]<class Policy>(Policy) {
    if (p.input_type == u8) return f(logistic_descriptor<Extent, std::uint8_t, Policy>(p));
    return f(logistic_descriptor<Extent, std::int8_t, Policy>(p));
  });
}
template <class Extent, class F>
constexpr decltype(auto) with_descriptor(add_problem const& p, F&& f) {
  if (p.type == f32) return f(add_descriptor<Extent, float, no_rounding>(p));
  return with_multiplier_policy(p.rounding, [&]<class Policy>(Policy) {
    if (p.type == u8) return f(add_descriptor<Extent, std::uint8_t, Policy>(p));
    return f(add_descriptor<Extent, std::int8_t, Policy>(p));
  });
}

/// The descriptor of a problem known when compiled.
template <class Extent, rescale_problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<rescale_problem, P>) {
  if constexpr (copies(P)) {
    return copy_descriptor<Extent>(P);
  } else if constexpr (is_wide(P)) {
    using element =
        std::conditional_t<P.output_type == s32, std::int32_t, typename arithmetic<P.output_type>::element>;
    return rescale_descriptor<Extent, typename arithmetic<P.input_type>::element, element, double_rounding>(
        P, {});
  } else {
    using in = arithmetic<P.input_type, P.rounding>;
    using out = arithmetic<P.output_type, P.rounding>;
    using policy = typename out::policy;
    policy made{};
    if constexpr (requires { made.which; }) made.which = P.rounding;
    return rescale_descriptor<Extent, typename in::element, typename out::element, policy>(P, made);
  }
}
/// The descriptor of a problem known when compiled.
template <class Extent, quantize_problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<quantize_problem, P>) {
  using element = typename arithmetic<P.output_type>::element;
  return quantize_descriptor<Extent, element>{
      row_extents<Extent>(P.image),
      affine<element>(P.output_quantization.scale, P.output_quantization.zero_point)};
}
/// The descriptor of a problem known when compiled.
template <class Extent, dequantize_problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<dequantize_problem, P>) {
  using element = typename arithmetic<P.input_type>::element;
  return dequantize_descriptor<Extent, element>{
      row_extents<Extent>(P.image),
      affine<element>(P.input_quantization.scale, P.input_quantization.zero_point)};
}
/// The descriptor of a problem known when compiled.
template <class Extent, logistic_problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<logistic_problem, P>) {
  if constexpr (P.input_type == s16) {
    return wide_logistic_descriptor<Extent>(P);
  } else {
    using types = arithmetic<P.input_type, P.rounding>;
    return logistic_descriptor<Extent, typename types::element, typename types::multiplier_policy>(P);
  }
}
/// The descriptor of a problem known when compiled.
template <class Extent, add_problem const& P>
[[nodiscard]] constexpr auto descriptor_of(problem_constant<add_problem, P>) {
  using types = arithmetic<P.type, P.rounding>;
  return add_descriptor<Extent, typename types::element, typename types::multiplier_policy>(P);
}

}  // namespace linnet::inline LINNET_ISA::kernels::elementwise
