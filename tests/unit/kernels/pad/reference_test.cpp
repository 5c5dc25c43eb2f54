// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>

#include <gtest/gtest.h>

#include <linnet/kernels/pad/pack.hpp>
#include <linnet/kernels/pad/reference.hpp>
#include <linnet/kernels/pad/traits.hpp>

#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::pad::problem;

class pad_reference : public testing::TestWithParam<element_type> {};

TEST_P(pad_reference, every_kernel_equals_naive_loops) {
  support::random_source random(0x9AD + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 300 && !HasFailure(); ++i) {
    auto const border = [&] { return random.one_in(2) ? 0 : random.integer(1, 6); };
    problem p;
    p.type = GetParam();
    p.input = {1, random.integer(1, 6), random.integer(1, 6), random.integer(1, 6)};
    p.top = border();
    p.left = border();
    p.front = border();
    p.output = {1, p.input.height + p.top + border(), p.input.width + p.left + border(),
                p.input.channels + p.front + border()};
    p.output_quantization = support::random_quantization(random, p.type, -3);
    naive::tensor x{
        support::extents_of(p.input), support::type_of(p.type), support::steps_of(p.output_quantization), {}};
    support::kernel_case const call{
        .input = p.input,
        .output = p.output,
        .window = window_of(p),
        .input_pixel = support::bytes_in(p.type, p.input.channels),
        .output_pixel = support::bytes_in(p.type, p.output.channels),
        .operands = {support::random_elements(random, p.type, naive::count_of(x.extents))},
        .constants = {},
        .zero_pixel = support::zero_pixel(p.type, p.output.channels, p.output_quantization.zero_point)};
    x.values = support::numbers(p.type, call.operands[0]);
    auto const want =
        naive::pad(x, {0, p.top, p.left, p.front}, {support::extents_of(p.output), x.element, x.quantized});
    EXPECT_GE(support::expect_kernels_equal(p, call, want, x.element, random), 1);
  }
}
INSTANTIATE_TEST_SUITE_P(types, pad_reference, testing::Values(s8, u8, f32), support::type_name);

}  // namespace
