// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/strided_copy/reference.hpp>
#include <linnet/kernels/strided_copy/traits.hpp>

#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::strided_copy::problem;

/// Element i of the input is the number i: the answer is a permutation.
template <class Extent, class Tag>
void expect_permuted(element_type type, shape const& input, static_vector<std::int32_t, max_rank> const& axes,
                     Tag tag) {
  problem const p = kernels::strided_copy::transposed(type, input, axes);
  auto const size = static_cast<std::size_t>(bytes_of(p.type, 1));
  auto const count = static_cast<std::size_t>(input.elements());
  support::exact_buffer const from(count * size, std::byte{0}), to(count * size);
  naive::tensor x{{}, naive::type::s8, {}, {}};
  for (std::int32_t extent : input) x.extents.push_back(extent);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t b = 0; b < size; ++b) from.data()[i * size + b] = static_cast<std::byte>(i * 7 + b);
    x.values.push_back(static_cast<double>(i));
  }
  std::vector<double> const want = naive::transpose(x, {axes.begin(), axes.end()}).values;
  with_descriptor<Extent>(p, [&](auto const& d) {
    std::array<kernels::input_row, 1> const window{kernels::input_row{from.data(), 0}};
    rows(d, window, {to.data(), 0, 0, 1}, nullptr, nullptr, tag);
  });
  for (std::size_t i = 0; i < count; ++i) {
    auto const source = static_cast<std::size_t>(want[i]);
    ASSERT_TRUE(std::equal(to.data() + i * size, to.data() + (i + 1) * size, from.data() + source * size))
        << "element " << i << " of " << count;
  }
}

TEST(transpose_reference, every_permutation_of_every_rank) {
  support::random_source random(0x7245);
  for (std::size_t rank = 0; rank <= max_rank; ++rank) {
    std::vector<std::int32_t> axes;
    for (std::size_t i = 0; i < rank; ++i) axes.push_back(static_cast<std::int32_t>(i));
    do {
      element_type const type = random.pick({s8, u8, f32, s16, s32, s64});
      shape input;
      static_vector<std::int32_t, max_rank> order;
      for (std::int32_t axis : axes) {
        input.push_back(random.integer(1, 4));
        order.push_back(axis);
      }
      support::for_each_runnable<problem>([&](auto tag) {
        expect_permuted<std::uint16_t>(type, input, order, tag);
        expect_permuted<std::int32_t>(type, input, order, tag);
      });
    } while (!HasFailure() && std::next_permutation(axes.begin(), axes.end()));
  }
}

/// Every second column, rows backwards, one channel of two: what a slice asks for.
TEST(strided_copy_reference, takes_what_the_steps_say) {
  problem p{.type = s16, .output = {3, 2, 1}, .input_elements = 3 * 4 * 2, .first = 2 * 8 + 1};
  p.steps = {-8, 4, 2};
  std::array<std::int16_t, 24> from{};
  for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<std::int16_t>(i);
  std::array<std::int16_t, 6> to{};
  with_descriptor<std::uint16_t>(p, [&](auto const& d) {
    std::array<kernels::input_row, 1> const window{
        kernels::input_row{reinterpret_cast<std::byte const*>(from.data()), 0}};
    rows(d, window, {reinterpret_cast<std::byte*>(to.data()), 0, 0, 1}, nullptr, nullptr, arch::scalar{});
  });
  EXPECT_EQ(to, (std::array<std::int16_t, 6>{17, 21, 9, 13, 1, 5}));
}

TEST(strided_copy_descriptor, dimensions_that_follow_one_another_are_one) {
  problem p{.type = f32, .output = {5, 3, 4}, .input_elements = 60};
  p.steps = {12, 4, 1};
  kernels::strided_copy::descriptor<std::uint16_t> const d(p);
  EXPECT_EQ(d.extents, (std::array<std::uint16_t, max_rank>{60, 1, 1, 1, 1, 1}));
  EXPECT_EQ(d.steps[0], 4);
}

TEST(transpose_reference, packed_elements_have_no_kernel) {
  problem p;
  for (element_type type : {s4, s2, s1}) {
    p.type = type;
    EXPECT_FALSE((kernels::traits<problem, arch::scalar>::supports(p)));
  }
}

}  // namespace
