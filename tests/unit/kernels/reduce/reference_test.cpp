// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include <linnet/kernels/reduce/reference.hpp>
#include <linnet/kernels/reduce/traits.hpp>

#include "support/naive_functions.hpp"
#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::reduce::problem;

class reduce_reference : public testing::TestWithParam<element_type> {};

TEST_P(reduce_reference, equals_naive) {
  support::random_source random(0x4ED + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 400 && !HasFailure(); ++i) {
    problem p;
    p.type = GetParam();
    p.reduction = GetParam() == f32 ? random.pick({reduction::sum, reduction::maximum, reduction::minimum})
                                    : random.pick({reduction::maximum, reduction::minimum});
    p.input = {1, random.integer(1, 7), random.integer(1, 7), random.integer(1, 9)};
    p.over_height = random.one_in(2);
    p.over_width = random.one_in(2);
    p.over_channels = random.one_in(2);
    std::vector<int> axes;
    for (auto const& [over, axis] : {std::pair{p.over_height, 1}, {p.over_width, 2}, {p.over_channels, 3}}) {
      if (over) axes.push_back(axis);
    }
    if (axes.empty()) continue;
    image_shape const output{1, p.over_height ? 1 : p.input.height, p.output_width(), p.output_channels()};
    auto const extents = support::extents_of(p.input);
    auto const bytes = support::random_elements(random, p.type, naive::count_of(extents));
    support::kernel_case const call{.input = p.input,
                                    .output = output,
                                    .window = window_of(p),
                                    .input_pixel = support::bytes_in(p.type, p.input.channels),
                                    .output_pixel = support::bytes_in(p.type, output.channels),
                                    .operands = {bytes},
                                    .constants = {},
                                    .zero_pixel = {}};
    naive::tensor const x{extents, support::type_of(p.type), {}, support::numbers(p.type, bytes)};
    std::string const name(name_of(p.reduction).data(), name_of(p.reduction).size());
    SCOPED_TRACE(name);
    EXPECT_EQ(support::expect_kernels_equal(p, call, naive::reduced(name, x, axes), x.element, random), 1);
  }
}
TEST_P(reduce_reference, where_the_extremes_are) {
  support::random_source random(0x1DE + static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < 200 && !HasFailure(); ++i) {
    problem p;
    p.type = GetParam();
    p.reduction = random.pick({reduction::first_of_maximum, reduction::last_of_maximum,
                               reduction::first_of_minimum, reduction::last_of_minimum});
    p.input = {1, random.integer(1, 5), random.integer(1, 5), random.integer(1, 9)};
    p.over_height = p.over_width = false;
    p.over_channels = true;
    auto const extents = support::extents_of(p.input);
    auto bytes = support::random_elements(random, p.type, naive::count_of(extents));
    if (p.input.channels > 2) {  // equal ones
      auto const size = static_cast<std::ptrdiff_t>(support::bytes_in(p.type, 1));
      std::copy_n(bytes.begin(), size, bytes.begin() + (p.input.channels - 1) * size);
    }
    support::kernel_case const call{.input = p.input,
                                    .output = {1, p.input.height, p.input.width, 1},
                                    .window = window_of(p),
                                    .input_pixel = support::bytes_in(p.type, p.input.channels),
                                    .output_pixel = 4,
                                    .operands = {bytes},
                                    .constants = {},
                                    .zero_pixel = {}};
    naive::tensor const x{extents, support::type_of(p.type), {}, support::numbers(p.type, bytes)};
    std::string const name(name_of(p.reduction).data(), name_of(p.reduction).size());
    SCOPED_TRACE(name);
    EXPECT_EQ(support::expect_kernels_equal(p, call, naive::index_of(name, x), naive::type::s32, random), 1);
  }
}
INSTANTIATE_TEST_SUITE_P(types, reduce_reference, testing::Values(s8, u8, s16, f32), support::type_name);

TEST(reduce_traits, integers_are_compared_not_added) {
  using stated = kernels::traits<problem, arch::scalar>;
  EXPECT_FALSE(stated::supports({.reduction = reduction::sum, .type = s8}));
  EXPECT_TRUE(stated::supports({.reduction = reduction::maximum, .type = s16}));
  EXPECT_FALSE(stated::supports({.reduction = reduction::maximum, .type = s32}));
  EXPECT_FALSE(stated::supports({.reduction = reduction::first_of_maximum, .type = s8}));  // not of channels
}

}  // namespace
