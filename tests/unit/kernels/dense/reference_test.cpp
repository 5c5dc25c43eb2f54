// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/kernels/dense/pack.hpp>
#include <linnet/kernels/dense/reference.hpp>
#include <linnet/kernels/dense/traits.hpp>

#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::dense::problem;

problem random_problem(support::random_source& random, element_type type) {
  problem p;
  p.input_type = p.weight_type = p.output_type = type;
  p.rounding = support::random_rounding(random);
  p.activation = support::random_activation(random);
  std::int32_t const pixels = random.one_in(2) ? 1 : random.integer(2, 7);
  p.input = {1, random.integer(1, 3), pixels,
             random.one_in(5) ? random.integer(20, 200) : random.integer(1, 12)};
  p.output = {1, p.input.height, pixels, random.integer(1, 20)};
  p.input_quantization =
      support::random_quantization(random, type, random.real(-9, 0), support::is_shift(p.rounding));
  return p;
}

class dense_reference : public testing::TestWithParam<element_type> {};

TEST_P(dense_reference, every_kernel_equals_naive_loops) {
  support::random_source random(0xDE45E + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 300 && !HasFailure(); ++i) {
    problem p = random_problem(random, GetParam());
    std::int32_t const units = p.output.channels, inputs = p.input.channels;
    support::random_filter const filter(random, GetParam(), p.rounding,
                                        static_cast<std::size_t>(units * inputs), units, inputs,
                                        p.input_quantization);
    p.output_quantization = filter.output_quantization;
    p.weight_zero_point = filter.zero_point;
    naive::tensor x{support::extents_of(p.input),
                    support::type_of(GetParam()),
                    support::steps_of(p.input_quantization),
                    {}};
    support::kernel_case const call{
        .input = p.input,
        .output = p.output,
        .window = {},
        .input_pixel = support::bytes_in(GetParam(), inputs),
        .output_pixel = support::bytes_in(GetParam(), units),
        .operands = {support::random_elements(random, GetParam(), naive::count_of(x.extents))},
        .constants = filter.constants(),
        .zero_pixel = {}};
    x.values = support::numbers(GetParam(), call.operands[0]);
    auto const want =
        naive::dense(x, filter.naive(GetParam(), {units, inputs}),
                     {support::extents_of(p.output), x.element, support::steps_of(p.output_quantization),
                      support::bound_of(p.activation), support::rule_of(p.rounding)});
    SCOPED_TRACE(std::to_string(inputs) + " inputs " + std::to_string(units) + " units " +
                 std::string(name_of(p.rounding)));
    EXPECT_GE(support::expect_kernels_equal(p, call, want, x.element, random), 1);
  }
}
INSTANTIATE_TEST_SUITE_P(types, dense_reference, testing::Values(s8, u8, f32), support::type_name);

template <class T>
constexpr std::array<T, 2> small_dense(element_type type, std::array<T, 6> const& numbers) {
  constexpr std::size_t size = sizeof(T);
  problem p;
  p.input_type = p.weight_type = p.output_type = type;
  p.input = {1, 1, 1, 2};
  p.output = {1, 1, 1, 2};
  p.input_quantization = p.output_quantization = type == f32 ? quantization{} : quantization{1.0f, 0};
  std::array<std::byte, 6 * size> bytes{};
  for (std::size_t i = 0; i < numbers.size(); ++i) store(bytes.data() + i * size, numbers[i]);
  std::span<std::byte const> const weights = std::span(bytes).subspan(2 * size);
  alignas(8) std::array<std::byte, 64> packed{};
  std::array<std::byte, 2 * size> output{};
  pack(p, {weights, {}, {}}, packed.data(), arch::scalar{});
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    std::array<kernels::input_row, 1> const window{kernels::input_row{bytes.data(), 2 * size}};
    rows(d, window, {output.data(), 2 * size, 2 * size, 1}, packed.data(), nullptr, arch::scalar{});
  });
  return {load<T>(output.data()), load<T>(output.data() + size)};
}

TEST(dense_constant, runs_in_constant_expressions) {
  static_assert(small_dense<std::int8_t>(s8, {2, -3, 10, 5, -7, 20}) == std::array<std::int8_t, 2>{5, -74});
  static_assert(small_dense<float>(f32, {2, -3, 0.5f, 5, -7, 2}) == std::array<float, 2>{-14, -20});
  element_type volatile type = s8;
  EXPECT_EQ(small_dense<std::int8_t>(type, {2, -3, 10, 5, -7, 20}), (std::array<std::int8_t, 2>{5, -74}));
}

}  // namespace
