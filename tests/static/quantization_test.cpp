// SPDX-License-Identifier: MIT
#include <limits>

#include <linnet/quantization/affine.hpp>
#include <linnet/quantization/fixed_point.hpp>
#include <linnet/quantization/multiplier.hpp>
#include <linnet/quantization/requantize.hpp>
#include <linnet/quantization/rounding.hpp>

namespace {

using linnet::activation;
using linnet::multiplier;

// multiplier
static_assert(linnet::make_multiplier(0.75) == multiplier{3 << 29, 0});
static_assert(linnet::make_multiplier(0x1p-32) == multiplier{1 << 30, -31});
static_assert(linnet::make_multiplier(0x1p-33) == multiplier{0, 0});
static_assert(linnet::is_power_of_two(0.125f) && !linnet::is_power_of_two(0.1f));

// rounding: one number under every rule. 3 * 1/2 is a tie; so are -3 * 1/2 and 5 * 1/2
template <class Policy>
constexpr bool gives(std::int32_t of_minus_3, std::int32_t of_3, std::int32_t of_5) {
  auto const half = Policy::prepare(1.0f, 0.5f, 1.0f);
  return Policy::apply(-3, half) == of_minus_3 && Policy::apply(3, half) == of_3 &&
         Policy::apply(5, half) == of_5;
}
static_assert(gives<linnet::double_rounding>(-1, 2, 3));
static_assert(gives<linnet::single_rounding>(-1, 2, 3));
static_assert(gives<linnet::float_half_even>(-2, 2, 2));
static_assert(gives<linnet::float_half_away>(-2, 2, 3));
static_assert(gives<linnet::shift_half_up>(-1, 2, 3));
static_assert(gives<linnet::shift_half_even>(-2, 2, 2));
static_assert(gives<linnet::shift_half_away>(-2, 2, 3));
static_assert(linnet::shift_half_up::accepts(0.5f, 2.0f, 1.0f) &&
              !linnet::shift_half_up::accepts(0.5f, 2.0f, 3.0f));
constexpr linnet::any_rounding any{linnet::rounding::float_half_even};
static_assert(linnet::any_rounding::apply(5, any.prepare(1.0f, 0.5f, 1.0f)) == 2);

// quantizers
constexpr auto covering = linnet::affine<std::int8_t>::covering(-1.0f, 3.0f);
static_assert(linnet::dequantize(covering, linnet::quantize(covering, 0.0f)) == 0.0f);
static_assert(linnet::quantize(covering, std::numeric_limits<float>::infinity()) == 127);
static_assert(linnet::power_of_two<std::int8_t>::covering(1.0f).fraction_bits() == 6);  // 128 would not fit
static_assert(linnet::power_of_two<std::int8_t>::covering(0.99f).fraction_bits() == 7);
static_assert(linnet::UniformQuantizer<linnet::affine<std::uint8_t>> &&
              linnet::UniformQuantizer<linnet::power_of_two<std::int16_t>> &&
              !linnet::UniformQuantizer<float>);

// requantize
constexpr auto relu6 = linnet::clamp_of<std::int8_t>(activation::relu6, {.scale = 0.1f, .zero_point = -100});
static_assert(relu6.low == -100 && relu6.high == -40);
static_assert(linnet::requantize<std::int8_t, linnet::single_rounding>(1000, linnet::make_multiplier(0.05),
                                                                       -100, relu6) == -50);
static_assert(linnet::requantize<std::int8_t, linnet::single_rounding>(9000, linnet::make_multiplier(0.05),
                                                                       -100, relu6) == -40);

// fixed point
static_assert(linnet::fixed_point::exp_on_negative_values<5>(0) == linnet::fixed_point::one_q0);
static_assert(linnet::fixed_point::logistic<4>(0) == 1 << 30);
static_assert(linnet::fixed_point::reciprocal(1 << 19, 12).bits_over_unit == 0);  // 1 in Q12.19

}  // namespace
