// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/batch_matmul/reference.hpp>
#include <linnet/kernels/batch_matmul/traits.hpp>

#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::batch_matmul::problem;
using support::random_source;

/// Matrices of m rows and n columns inside of outer dimensions, each as it is, as 1, or missing with all
/// outside.
shape with_batches(random_source& random, shape const& batches, std::int32_t m, std::int32_t n) {
  shape made;
  for (std::size_t i = random.bits() % (batches.rank() + 1); i < batches.rank(); ++i)
    made.push_back(random.one_in(2) ? 1 : batches[i]);
  made.push_back(m);
  made.push_back(n);
  return made;
}

problem random_problem(random_source& random, element_type type) {
  problem p;
  p.type = type;
  p.activation = support::random_activation(random);
  if (type != f32) p.rounding = support::random_multiplier_rounding(random);
  std::int32_t const m = random.integer(1, 5), k = random.integer(1, 7), n = random.integer(1, 5);
  shape batches;
  for (std::int32_t i = random.integer(0, 4); i > 0; --i) batches.push_back(random.integer(1, 3));
  p.a_transposed = random.one_in(2);
  p.b_transposed = random.one_in(2);
  p.a = p.a_transposed ? with_batches(random, batches, k, m) : with_batches(random, batches, m, k);
  p.b = p.b_transposed ? with_batches(random, batches, n, k) : with_batches(random, batches, k, n);
  for (std::size_t i = std::max(p.a.rank(), p.b.rank()); i-- > 2;)
    p.output.push_back(std::max(p.a.back(i), p.b.back(i)));
  p.output.push_back(m);
  p.output.push_back(n);
  double const exponent = random.real(-8, -2);
  p.a_quantization = support::random_quantization(random, type, exponent);
  p.b_quantization = support::random_quantization(random, type, exponent);
  p.output_quantization = support::random_quantization(random, type, 2 * exponent + random.real(2, 12));
  return p;
}

class batch_matmul_reference : public testing::TestWithParam<element_type> {};

TEST_P(batch_matmul_reference, equals_naive_loops) {
  random_source random(0xB3 + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 600 && !HasFailure(); ++i) {
    problem const p = random_problem(random, GetParam());
    ASSERT_TRUE((kernels::traits<problem, arch::scalar>::supports(p)));
    double const magnitude = random.one_in(20) ? 1e-22 : 1.0;  // products that few floats can tell apart
    auto const operand = [&](shape const& s) {
      return support::random_elements(random, p.type, static_cast<std::size_t>(s.elements()), magnitude);
    };
    auto const tensor = [&](shape const& s, quantization const& q, support::byte_vector const& bytes) {
      return naive::tensor{{s.begin(), s.end()},
                           support::type_of(p.type),
                           support::steps_of(q),
                           support::numbers(p.type, bytes)};
    };
    support::byte_vector const a = operand(p.a), b = operand(p.b);
    auto const size = static_cast<std::size_t>(bytes_of(p.type, p.output.elements()));
    support::exact_buffer const from_a(a.size()), from_b(b.size()), to(size);
    std::ranges::copy(a, from_a.data());
    std::ranges::copy(b, from_b.data());
    auto const want = naive::batch_matmul(tensor(p.a, p.a_quantization, a), tensor(p.b, p.b_quantization, b),
                                          p.a_transposed, p.b_transposed,
                                          {{p.output.begin(), p.output.end()},
                                           support::type_of(p.type),
                                           support::steps_of(p.output_quantization),
                                           support::bound_of(p.activation),
                                           support::rule_of(p.rounding)});
    with_descriptor<std::uint16_t>(p, [&](auto const& d) {
      std::array<kernels::input_row, 1> const x{kernels::input_row{from_a.data(), 0}},
          y{kernels::input_row{from_b.data(), 0}};
      rows(d, x, y, {to.data(), 0, 0, 1}, nullptr, nullptr, arch::scalar{});
    });
    EXPECT_EQ(naive::difference(want, support::type_of(p.type), {to.data(), size}), "") << i;
  }
}
INSTANTIATE_TEST_SUITE_P(types, batch_matmul_reference, testing::Values(s8, u8, f32), support::type_name);

/// 16 bits are summed in 64: 40,000 products of -32768 by itself, in steps of 2^30.
TEST(batch_matmul_sums, of_16_bits_have_64) {
  constexpr std::int32_t inner = 40000;
  problem p;
  p.type = s16;
  p.rounding = rounding::reduced_multiplier;
  p.a = {1, inner};
  p.b = {1, inner};
  p.b_transposed = true;
  p.output = {1, 1};
  p.factor = make_multiplier(0x1p-30);
  std::vector<std::int16_t> const x(inner, -32768);
  std::int16_t y = 0;
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    std::array<kernels::input_row, 1> const row{
        kernels::input_row{reinterpret_cast<std::byte const*>(x.data()), 0}};
    rows(d, row, row, {reinterpret_cast<std::byte*>(&y), 0, 0, 1}, nullptr, nullptr, arch::scalar{});
  });
  EXPECT_EQ(y, 32767) << "40,000, saturated";
  p.a = p.b = {1, 1000};
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    std::array<kernels::input_row, 1> const row{
        kernels::input_row{reinterpret_cast<std::byte const*>(x.data()), 0}};
    rows(d, row, row, {reinterpret_cast<std::byte*>(&y), 0, 0, 1}, nullptr, nullptr, arch::scalar{});
  });
  EXPECT_EQ(y, 1000);
}

TEST(batch_matmul_traits, roundings_of_each_type) {
  using stated = kernels::traits<problem, arch::scalar>;
  problem p;
  EXPECT_TRUE(stated::supports(p));
  p.rounding = rounding::float_half_even;
  EXPECT_FALSE(stated::supports(p));
  p.type = f32;
  EXPECT_TRUE(stated::supports(p));
  p.type = s16;
  p.rounding = rounding::double_rounding;
  EXPECT_FALSE(stated::supports(p));
  p.rounding = rounding::reduced_multiplier;
  EXPECT_TRUE(stated::supports(p));
}

}  // namespace
