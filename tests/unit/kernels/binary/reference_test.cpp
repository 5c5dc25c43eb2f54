// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/binary/reference.hpp>
#include <linnet/kernels/binary/traits.hpp>

#include "support/naive_functions.hpp"
#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::binary::problem;
using support::random_source;
constexpr int functions = static_cast<int>(binary_function::prelu) + 1;

std::string word(binary_function f) { return {name_of(f).data(), name_of(f).size()}; }
std::vector<int> extents_of(shape const& s) { return {s.begin(), s.end()}; }

problem random_problem(random_source& random, element_type type) {
  problem p;
  p.type = type;
  p.function = static_cast<binary_function>(random.integer(0, functions - 1));
  if (type != f32 && p.function == binary_function::div) p.function = binary_function::mul;
  p.activation = support::random_activation(random);
  if (type != f32) p.rounding = support::random_multiplier_rounding(random);
  double const exponent = random.real(-8, -2);
  p.a_quantization = support::random_quantization(random, type, exponent + random.real(-2, 2));
  p.b_quantization = support::random_quantization(random, type, exponent + random.real(-2, 2));
  p.output_quantization = support::random_quantization(random, type, exponent + random.real(-2, 2));
  if (p.function == binary_function::maximum || p.function == binary_function::minimum)
    p.b_quantization = p.output_quantization = p.a_quantization;
  return p;
}

naive::tensor operand(shape const& s, element_type type, quantization const& q,
                      support::byte_vector const& bytes) {
  return {extents_of(s), support::type_of(type), support::steps_of(q), support::numbers(type, bytes)};
}
support::byte_vector random_operand(random_source& random, shape const& s, element_type type) {
  auto bytes = support::random_elements(random, type, static_cast<std::size_t>(s.elements()), 2.0);
  if (type == f32) {  // no division by zero
    for (std::size_t i = 0; i < bytes.size(); i += 4) {
      if (load<float>(&bytes[i]) == 0.0f) store(&bytes[i], 0.5f);
    }
  }
  return bytes;
}
naive::target target_of(problem const& p) {
  return {extents_of(p.output), support::type_of(p.type), support::steps_of(p.output_quantization),
          support::bound_of(p.activation), support::rule_of(p.rounding)};
}

class binary_reference : public testing::TestWithParam<element_type> {};

TEST_P(binary_reference, of_one_shape_equals_naive) {
  random_source random(0xB1 + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 300 && !HasFailure(); ++i) {
    problem p = random_problem(random, GetParam());
    p.a = p.b = p.output = {random.integer(1, 6), random.integer(1, 5), random.integer(1, 9)};
    support::byte_vector const a = random_operand(random, p.a, p.type),
                               b = random_operand(random, p.b, p.type);
    image_shape const image = image_of(p);
    std::int32_t const pixel = support::bytes_in(p.type, image.channels);
    support::kernel_case const call{.input = image,
                                    .output = image,
                                    .window = {},
                                    .input_pixel = pixel,
                                    .output_pixel = pixel,
                                    .operands = {a, b},
                                    .constants = {},
                                    .zero_pixel = {}};
    auto const want = naive::binary(word(p.function), operand(p.a, p.type, p.a_quantization, a),
                                    operand(p.b, p.type, p.b_quantization, b), target_of(p));
    SCOPED_TRACE(word(p.function));
    EXPECT_GE(support::expect_kernels_equal(p, call, want, support::type_of(p.type), random), 1);
  }
}

/// Each dimension of each operand as it is, as 1, or missing with all outside of it.
TEST_P(binary_reference, repeated_operands_equal_naive) {
  random_source random(0xB2 + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 600 && !HasFailure(); ++i) {
    problem p = random_problem(random, GetParam());
    std::size_t const rank = static_cast<std::size_t>(random.integer(0, max_rank));
    for (std::size_t d = 0; d < rank; ++d) p.output.push_back(random.integer(1, 4));
    auto const part = [&](bool whole) {
      shape made;
      for (std::size_t d = whole ? 0 : random.bits() % (rank + 1); d < rank; ++d)
        made.push_back(!whole && random.one_in(2) ? 1 : p.output[d]);
      return made;
    };
    bool const first_whole = random.one_in(2);
    p.a = part(first_whole);
    p.b = part(!first_whole);
    if (!p.repeats()) continue;
    support::byte_vector const a = random_operand(random, p.a, p.type),
                               b = random_operand(random, p.b, p.type);
    auto const bytes = static_cast<std::size_t>(bytes_of(p.type, p.output.elements()));
    support::exact_buffer const from_a(a.size()), from_b(b.size()), to(bytes);
    std::ranges::copy(a, from_a.data());
    std::ranges::copy(b, from_b.data());
    auto const want = naive::binary(word(p.function), operand(p.a, p.type, p.a_quantization, a),
                                    operand(p.b, p.type, p.b_quantization, b), target_of(p));
    SCOPED_TRACE(word(p.function) + " of rank " + std::to_string(rank));
    with_descriptor<std::uint16_t>(p, [&](auto const& d) {
      std::array<kernels::input_row, 1> const x{kernels::input_row{from_a.data(), 0}},
          y{kernels::input_row{from_b.data(), 0}};
      rows(d, x, y, {to.data(), 0, 0, 1}, nullptr, nullptr, arch::scalar{});
    });
    EXPECT_EQ(naive::difference(want, support::type_of(p.type), {to.data(), bytes}), "");
  }
}
INSTANTIATE_TEST_SUITE_P(types, binary_reference, testing::Values(s8, u8, s16, f32), support::type_name);

TEST(binary_runs, neighbours_that_are_repeated_alike_are_one) {
  problem p;
  p.a = p.output = {2, 3, 4, 5};
  p.b = {4, 5};
  kernels::binary::run_list<std::int32_t> const runs(p);
  EXPECT_EQ(runs.extents, (std::array<std::int32_t, max_rank>{1, 1, 1, 1, 6, 20}));
  EXPECT_EQ(runs.a_repeated, 0);
  EXPECT_EQ(runs.b_repeated, 1 << (max_rank - 2));
}

TEST(binary_traits, what_integers_cannot) {
  using stated = kernels::traits<problem, arch::scalar>;
  problem p;
  p.a_quantization = p.b_quantization = p.output_quantization = {0.5f, 3};
  p.function = binary_function::maximum;
  EXPECT_TRUE(stated::supports(p));
  p.b_quantization.zero_point = 4;
  EXPECT_FALSE(stated::supports(p));
  p.function = binary_function::mul;
  EXPECT_TRUE(stated::supports(p));
  p.rounding = rounding::shift_half_up;
  EXPECT_FALSE(stated::supports(p));
  p.rounding = rounding::single_rounding;
  p.function = binary_function::div;
  EXPECT_FALSE(stated::supports(p));
  p.type = f32;
  EXPECT_TRUE(stated::supports(p));
  p.type = s32;
  EXPECT_FALSE(stated::supports(p));
}

}  // namespace
