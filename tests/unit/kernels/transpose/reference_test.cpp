// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/transpose/reference.hpp>
#include <linnet/kernels/transpose/traits.hpp>

#include "support/random_convolution.hpp"

namespace {

using namespace linnet;
using kernels::transpose::problem;

/// Element i of the input is the number i: the answer is a permutation.
template <class Extent, class Tag>
void expect_permuted(problem const& p, Tag tag) {
  auto const size = static_cast<std::size_t>(bytes_of(p.type, 1));
  auto const count = static_cast<std::size_t>(p.input.elements());
  support::exact_buffer const from(count * size, std::byte{0}), to(count * size);
  naive::tensor x{{}, naive::type::s8, {}, {}};
  for (std::int32_t extent : p.input) x.extents.push_back(extent);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t b = 0; b < size; ++b) from.data()[i * size + b] = static_cast<std::byte>(i * 7 + b);
    x.values.push_back(static_cast<double>(i));
  }
  std::vector<double> const want = naive::transpose(x, {p.axes.begin(), p.axes.end()}).values;
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
    problem p;
    std::vector<std::int32_t> axes;
    for (std::size_t i = 0; i < rank; ++i) axes.push_back(static_cast<std::int32_t>(i));
    do {
      p.type = random.pick({s8, u8, f32, s16, s32, s64});
      p.input = {};
      p.axes = {};
      for (std::int32_t axis : axes) {
        p.input.push_back(random.integer(1, 4));
        p.axes.push_back(axis);
      }
      support::for_each_runnable<problem>([&](auto tag) {
        expect_permuted<std::uint16_t>(p, tag);
        expect_permuted<std::int32_t>(p, tag);
      });
    } while (!HasFailure() && std::next_permutation(axes.begin(), axes.end()));
  }
}

TEST(transpose_reference, packed_elements_have_no_kernel) {
  problem p;
  for (element_type type : {s4, s2, s1}) {
    p.type = type;
    EXPECT_FALSE((kernels::traits<problem, arch::scalar>::supports(p)));
  }
}

}  // namespace
