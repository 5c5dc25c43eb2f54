// SPDX-License-Identifier: MIT
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <gtest/gtest.h>

#include <linnet/kernels/kernels.hpp>

namespace {

using namespace linnet;
using namespace linnet::kernels;

/// A number in front of the quantization that makes integers of every type: floats have none.
constexpr quantization scaled(element_type type, float scale, std::int32_t zero_point) {
  return type == f32 ? quantization{} : quantization{scale, zero_point};
}

/// Of what lies in [0, 1): the one output quantization of softmax and logistic.
constexpr quantization fraction_of(element_type type) {
  return scaled(type, 1.0f / 256, type == s8 ? -128 : 0);
}

template <class Problem>
constexpr Problem convolution(element_type type, rounding policy) {
  Problem p;
  p.input_type = p.weight_type = p.output_type = type;
  p.rounding = policy;
  p.activation = activation::relu6;
  p.input = {1, 9, 8, 6};
  p.output = {1, 4, 5, 12};
  p.kernel_height = 3;
  p.kernel_width = 2;
  p.stride_height = 2;
  p.dilation_width = 3;
  p.padding_left = 1;
  p.input_quantization = scaled(type, 0.5f, 3);
  p.output_quantization = scaled(type, 0.25f, 5);
  p.weight_zero_point = type == u8 ? 7 : 0;
  return p;
}

template <class Problem>
constexpr Problem pooling(element_type type, rounding) {
  Problem p;
  p.type = type;
  p.activation = activation::relu6;
  p.input = {1, 9, 8, 6};
  p.output = {1, 4, 4, 6};
  p.kernel_height = 3;
  p.kernel_width = 2;
  p.stride_width = 2;
  p.padding_left = 1;
  p.output_quantization = scaled(type, 0.125f, 4);
  return p;
}

template <class Problem>
constexpr Problem one_input(element_type from, element_type to, rounding policy) {
  Problem p;
  p.input_type = from;
  p.output_type = to;
  p.rounding = policy;
  p.activation = activation::relu;
  p.image = {1, 2, 3, 5};
  p.input_quantization = scaled(from, 0.5f, 3);
  p.output_quantization = scaled(to, 0.25f, 9);
  return p;
}

/// One problem of each family with members that are not defaults.
template <class Problem>
constexpr Problem sample(element_type type, rounding policy) {
  if constexpr (std::derived_from<Problem, convolution_problem>) {
    return convolution<Problem>(type, policy);
  } else if constexpr (std::derived_from<Problem, pool::problem>) {
    return pooling<Problem>(type, policy);
  } else if constexpr (std::same_as<Problem, dense::problem>) {
    return {type,
            type,
            type,
            policy,
            activation::relu6,
            {1, 1, 2, 9},
            {1, 1, 2, 4},
            scaled(type, 0.5f, 3),
            scaled(type, 2.0f, 1),
            type == u8 ? 7 : 0};
  } else if constexpr (std::same_as<Problem, mean::problem>) {
    return {type, policy, {1, 7, 6, 5}, true, false, true, scaled(type, 0.5f, 3), scaled(type, 0.3f, 1)};
  } else if constexpr (std::same_as<Problem, softmax::problem>) {
    return {type, {1, 1, 2, 9}, 1.5f, scaled(type, 0.5f, 3), fraction_of(type)};
  } else if constexpr (std::same_as<Problem, pad::problem>) {
    return {type, {1, 2, 3, 4}, {1, 4, 5, 7}, 1, 2, 3, scaled(type, 0.5f, 3)};
  } else if constexpr (std::same_as<Problem, strided_copy::problem>) {
    static_vector<std::int32_t, max_rank> axes;
    for (std::int32_t axis : {2, 0, 1}) axes.push_back(axis);
    return strided_copy::transposed(type, {2, 3, 4}, axes);
  } else if constexpr (std::same_as<Problem, elementwise::add_problem>) {
    return {type,
            policy,
            activation::relu,
            {1, 2, 3, 5},
            scaled(type, 0.5f, 3),
            scaled(type, 0.3f, 1),
            scaled(type, 0.9f, 2)};
  } else if constexpr (std::same_as<Problem, unary::problem>) {
    Problem p = one_input<Problem>(type, type, policy);
    p.function = unary_function::leaky_relu;
    p.a = 0.25f;
    return p;
  } else if constexpr (std::same_as<Problem, batch_matmul::problem>) {
    Problem p{.type = type, .rounding = policy, .a = {2, 3, 5}, .b = {4, 5}, .output = {2, 3, 4}};
    p.b_transposed = true;
    p.a_quantization = scaled(type, 0.5f, 3);
    p.b_quantization = scaled(type, 0.3f, 1);
    p.output_quantization = scaled(type, 0.9f, 2);
    return p;
  } else if constexpr (std::same_as<Problem, binary::problem>) {
    return {binary_function::mul,
            type,
            policy,
            activation::relu,
            {2, 3, 5},
            {3, 1},
            {2, 3, 5},
            scaled(type, 0.5f, 3),
            scaled(type, 0.3f, 1),
            scaled(type, 0.9f, 2)};
  } else if constexpr (std::same_as<Problem, reduce::problem>) {
    return {reduction::maximum, type, {1, 7, 6, 5}, true, false, true};
  } else if constexpr (std::same_as<Problem, resize::problem>) {
    element_type const computed = type == u8 ? s16 : type;
    return {computed,
            {1, 3, 4, 2},
            {1, 5, 7, 2},
            {interpolation::linear, sampling::center, nearest_entry::below}};
  } else if constexpr (std::same_as<Problem, recurrent::problem>) {
    Problem p;
    p.type = p.state_type = type;
    p.rounding = policy;
    p.activation = activation::relu;
    p.input = {1, 1, 4, 5};
    p.output = {1, 1, 4, 3};
    p.filters = 6;
    p.memory = 2;
    p.input_quantization = scaled(type, 0.5f, 3);
    p.output_quantization = scaled(type, 0.25f, 5);
    p.state_quantization = scaled(type, 0.125f, 1);
    return p;
  } else if constexpr (std::same_as<Problem, elementwise::quantize_problem>) {
    return one_input<Problem>(f32, type == f32 ? s8 : type, policy);
  } else if constexpr (std::same_as<Problem, elementwise::dequantize_problem>) {
    return one_input<Problem>(type == f32 ? s8 : type, f32, policy);
  } else {
    Problem p = one_input<Problem>(type, type, policy);
    if (std::same_as<Problem, elementwise::logistic_problem>) p.output_quantization = fraction_of(type);
    return p;
  }
}

/// The bytes of values without what lies between their members.
template <class T>
[[nodiscard]] bool same_bytes(T a, T b) {
  static_assert(std::is_trivially_copyable_v<T>);
  __builtin_clear_padding(&a);
  __builtin_clear_padding(&b);
  return std::memcmp(static_cast<void const*>(&a), static_cast<void const*>(&b), sizeof(T)) == 0;
}

/// What a constant graph takes for a problem is what a session does.
template <class Extent, class Problem, Problem const& P>
void expect_same_descriptor() {
  if (!select<arch::scalar>(P).found()) return;  // a policy that the family does not know
  constexpr auto fixed = descriptor_of<Extent>(problem_constant<Problem, P>{});
  int calls = 0;
  with_descriptor<Extent>(P, [&]<class Descriptor>(Descriptor const& d) {
    ++calls;
    constexpr bool same_type = std::same_as<Descriptor, std::remove_cv_t<decltype(fixed)>>;
    EXPECT_TRUE(same_type) << __PRETTY_FUNCTION__;
    if constexpr (same_type) {
      EXPECT_TRUE(same_bytes<Descriptor>(d, fixed)) << __PRETTY_FUNCTION__;
    }
  });
  EXPECT_EQ(calls, 1);
}

template <auto Made>
inline constexpr auto problem_made = Made();

template <class Problem, element_type Type, rounding Policy>
void expect_same_descriptors() {
  constexpr auto const& p = problem_made<[] { return sample<Problem>(Type, Policy); }>;
  expect_same_descriptor<std::uint16_t, Problem, p>();
  expect_same_descriptor<std::int32_t, Problem, p>();
}

template <class Problem, element_type Type>
void expect_same_descriptors_of_every_policy() {
  // One descriptor holds whatever the user of a custom operator states; layers with a state have no u8.
  constexpr bool is_compared =
      !std::same_as<Problem, custom::problem> && !(std::same_as<Problem, recurrent::problem> && Type == u8);
  if constexpr (is_compared) {
    static_assert(select<arch::scalar>(sample<Problem>(Type, rounding::double_rounding)).found(),
                  "the comparison would be of nothing");
    expect_same_descriptors<Problem, Type, rounding::double_rounding>();
    expect_same_descriptors<Problem, Type, rounding::single_rounding>();
    expect_same_descriptors<Problem, Type, rounding::float_half_even>();
    expect_same_descriptors<Problem, Type, rounding::float_half_away>();
    expect_same_descriptors<Problem, Type, rounding::shift_half_up>();
  }
}

template <class... Problem>
void expect_same_descriptors_of_all(type_list<Problem...>) {
  (expect_same_descriptors_of_every_policy<Problem, s8>(), ...);
  (expect_same_descriptors_of_every_policy<Problem, u8>(), ...);
  (expect_same_descriptors_of_every_policy<Problem, f32>(), ...);
}

TEST(descriptor_of, is_what_with_descriptor_gives_for_every_family_and_type) {
  expect_same_descriptors_of_all(all_problems{});
}

constexpr auto signed_to_unsigned =
    one_input<elementwise::rescale_problem>(s8, u8, rounding::double_rounding);
constexpr auto unsigned_to_signed =
    one_input<elementwise::rescale_problem>(u8, s8, rounding::float_half_even);
TEST(descriptor_of, rescaling_between_two_types) {
  expect_same_descriptor<std::int32_t, elementwise::rescale_problem, signed_to_unsigned>();
  expect_same_descriptor<std::int32_t, elementwise::rescale_problem, unsigned_to_signed>();
}

template <class Wanted, class... T>
constexpr int times_in(type_list<T...>) {
  return (0 + ... + (std::same_as<Wanted, T> ? 1 : 0));
}

/// `lower` names these; a family that the list lacks has no number and no constant graph can run it.
static_assert(times_in<conv2d::problem>(all_problems{}) == 1);
static_assert(times_in<depthwise::problem>(all_problems{}) == 1);
static_assert(times_in<dense::problem>(all_problems{}) == 1);
static_assert(times_in<pool::average_problem>(all_problems{}) == 1);
static_assert(times_in<pool::max_problem>(all_problems{}) == 1);
static_assert(times_in<mean::problem>(all_problems{}) == 1);
static_assert(times_in<softmax::problem>(all_problems{}) == 1);
static_assert(times_in<pad::problem>(all_problems{}) == 1);
static_assert(times_in<strided_copy::problem>(all_problems{}) == 1);
static_assert(times_in<elementwise::rescale_problem>(all_problems{}) == 1);
static_assert(times_in<elementwise::quantize_problem>(all_problems{}) == 1);
static_assert(times_in<elementwise::dequantize_problem>(all_problems{}) == 1);
static_assert(times_in<elementwise::logistic_problem>(all_problems{}) == 1);
static_assert(times_in<elementwise::add_problem>(all_problems{}) == 1);
static_assert(times_in<unary::problem>(all_problems{}) == 1);
static_assert(times_in<binary::problem>(all_problems{}) == 1);
static_assert(times_in<reduce::problem>(all_problems{}) == 1);
static_assert(times_in<transpose_conv2d::problem>(all_problems{}) == 1);
static_assert(times_in<batch_matmul::problem>(all_problems{}) == 1);
static_assert(times_in<recurrent::problem>(all_problems{}) == 1);

template <class... Problem>
constexpr bool each_has_a_reference(type_list<Problem...>) {
  return (traits<Problem, arch::scalar>::exists && ...);
}
static_assert(each_has_a_reference(all_problems{}));

}  // namespace
