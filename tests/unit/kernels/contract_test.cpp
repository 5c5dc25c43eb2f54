// SPDX-License-Identifier: MIT
#include <concepts>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include <linnet/kernels/contract.hpp>

namespace {

using namespace linnet;
using namespace linnet::kernels;

TEST(vertical_window, height_is_the_rows_between_the_first_and_the_last_tap) {
  static_assert(vertical_window{}.height(1) == 1 && vertical_window{}.height(7) == 7);
  for (std::int32_t kernel = 1; kernel <= 4; ++kernel) {
    for (std::int32_t stride = 1; stride <= 3; ++stride) {
      for (std::int32_t dilation = 1; dilation <= 3; ++dilation) {
        for (std::int64_t rows = 1; rows <= 5; ++rows) {
          std::int64_t const last_tap = (rows - 1) * stride + (kernel - 1) * dilation;
          EXPECT_EQ((vertical_window{kernel, stride, dilation, 2}.height(rows)), last_tap + 1);
        }
      }
    }
  }
  constexpr std::int32_t most = std::numeric_limits<std::int32_t>::max();
  static_assert(vertical_window{most, most, most, 0}.height(2) > most);
}

template <class T, class Policy>
constexpr bool arithmetic_is(element_type type, rounding policy) {
  return with_arithmetic(type, policy, []<class U, class P>(std::type_identity<U>, P) {
    return std::same_as<T, U> && std::same_as<Policy, P>;
  });
}

TEST(with_arithmetic, makes_types_of_names) {
  static_assert(arithmetic_is<float, no_rounding>(f32, rounding::single_rounding));
  static_assert(arithmetic_is<std::int8_t, double_rounding>(s8, rounding::double_rounding));
  static_assert(arithmetic_is<std::uint8_t, double_rounding>(u8, rounding::double_rounding));
  static_assert(factor_bytes<no_rounding> == 0 && factor_bytes<double_rounding> == 8);
}

TEST(with_rounding, does_what_the_named_policy_does) {
  for (int i = 0; i <= static_cast<int>(rounding::shift_half_away); ++i) {
    auto const name = static_cast<rounding>(i);
    for (std::int32_t x : {0, 1, -1, 24, -24, 1000001, -1000001}) {
      std::int32_t const wanted =
          with_policy(name, [&](auto policy) { return policy.apply(x, policy.prepare(0.5f, 0.25f, 2.0f)); });
      EXPECT_EQ(with_rounding(
                    name, [&](auto policy) { return policy.apply(x, policy.prepare(0.5f, 0.25f, 2.0f)); }),
                wanted)
          << name_of(name).data() << " of " << x;
    }
  }
}

TEST(multiply_accumulate, integers_are_sums_modulo_two_to_the_32) {
  constexpr auto sum = [](std::int32_t start) {
    std::byte const x[] = {std::byte{255}, std::byte{255}}, w[] = {std::byte{255}, std::byte{0}};
    return multiply_accumulate<std::uint8_t>(start, x, w, 2, 127);
  };
  static_assert(sum(0) == 255 * 128 - 255 * 127);
  static_assert(sum(std::numeric_limits<std::int32_t>::max()) ==
                std::numeric_limits<std::int32_t>::min() + 254);
}

TEST(clamp_for, bounds_in_stored_values_take_the_place_of_an_activation) {
  struct {
    linnet::activation activation = activation::relu6;
    quantization output_quantization{0.05f, -10};
    stored_bounds bounds;
  } p;
  EXPECT_EQ(clamp_for<std::int8_t>(p).low, -10);
  EXPECT_EQ(clamp_for<std::int8_t>(p).high, 110);
  p.bounds = {-20, 30};
  EXPECT_EQ(clamp_for<std::int8_t>(p).low, -20);
  EXPECT_EQ(clamp_for<std::int8_t>(p).high, 30);
  EXPECT_EQ(clamp_for<float>(p).high, 6.0f);
  p.bounds = {-500, 500};
  EXPECT_EQ(clamp_for<std::int8_t>(p).low, -128);
  EXPECT_EQ(clamp_for<std::uint8_t>(p).high, 255);
}

}  // namespace
