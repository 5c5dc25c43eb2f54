// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/contract.hpp>
#include <linnet/quantization/dynamic_quantization.hpp>

namespace linnet::inline LINNET_ISA::kernels {

/// Whether a layer's float inputs become int8 when it is computed.
template <class Problem>
[[nodiscard]] constexpr bool is_dynamic(Problem const& p) {
  return p.dynamic_quantization != dynamic_quantization::none && p.input_type == f32 && p.weight_type == s8;
}

/// Quantizes `count` floats, side by side, by the range that they have together; writes as many bytes and
/// returns what these mean. Precondition: a scheme other than none.
constexpr quantization quantize_input(dynamic_quantization scheme, std::byte const* floats,
                                      std::int64_t count, std::byte* to) {
  constexpr std::int64_t size = sizeof(float);
  float low = 0.0f, high = 0.0f;
  for (std::int64_t i = 0; i < count; ++i) {
    auto const value = load<float>(floats + i * size);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  dynamic_quantizer const quantizer(scheme, low, high);
  for (std::int64_t i = 0; i < count; ++i) store(to + i, quantizer(load<float>(floats + i * size)));
  return quantizer.steps();
}

/// sum + the products of `count` weights with as many quantized inputs, each less their zero point.
[[nodiscard]] constexpr std::int32_t add_quantized_products(std::int32_t sum, std::byte const* weights,
                                                            std::byte const* inputs, std::int32_t count,
                                                            std::int32_t input_zero) {
  return multiply_accumulate<std::int8_t, std::int8_t>(sum, weights, inputs, count, input_zero);
}

/// The layer's result of a sum of products: times both scales, and the bias, in float32, clamped.
[[nodiscard]] constexpr float dynamic_result(output_stage<float> const& output, std::int32_t sum,
                                             quantization const& input,
                                             scaled_weights::factor const& factor) {
  return output.template operator()<scaled_weights>(static_cast<float>(sum) * input.scale, factor);
}

}  // namespace linnet::inline LINNET_ISA::kernels
