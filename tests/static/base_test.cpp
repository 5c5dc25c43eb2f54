// SPDX-License-Identifier: MIT
#include <limits>

#include <linnet/base/bytes.hpp>
#include <linnet/base/expected.hpp>
#include <linnet/base/math.hpp>
#include <linnet/base/static_vector.hpp>
#include <linnet/base/text.hpp>

namespace {

using linnet::tie;

// math
static_assert(linnet::align_up(13, 8) == 16 && linnet::align_up(16, 8) == 16 && linnet::align_up(0, 8) == 0);
static_assert(linnet::divide_rounding_up(13, 4) == 4);
static_assert(linnet::saturate<std::int8_t>(300) == 127 && linnet::saturate<std::uint8_t>(-1) == 0);
static_assert(linnet::saturate<std::int8_t>(5u) == 5 &&
              linnet::saturate<std::int32_t>(std::int8_t{-5}) == -5);
static_assert(linnet::wrapping_add(2147483647, 1) == std::numeric_limits<std::int32_t>::min());
static_assert(linnet::wrapping_shift_left(3, 31) == std::numeric_limits<std::int32_t>::min());
static_assert(linnet::frexp(-12.0).fraction == -0.75 && linnet::frexp(-12.0).exponent == 4);
static_assert(linnet::exp2(-1022) == 0x1p-1022);
static_assert(linnet::round_to_integer<tie::up>(-2.5) == -2 &&
              linnet::round_to_integer<tie::even>(-2.5) == -2);
static_assert(linnet::round_to_integer<tie::away>(-2.5) == -3 &&
              linnet::round_to_integer<tie::even>(3.5) == 4);
static_assert(linnet::round_to_integer<tie::away>(0x1.fffffffffffffp-2) == 0);  // just below a half
static_assert(linnet::exp(0.0) == 1.0 && linnet::exp(1.0) > 2.718281828459 &&
              linnet::exp(1.0) < 2.718281828460);
static_assert(!linnet::is_finite(std::numeric_limits<float>::infinity()) && linnet::is_finite(3e38f));
static_assert(linnet::is_nan(std::numeric_limits<float>::quiet_NaN()));

// expected: a plain value stays plain, so that device code passes it in registers and constants can hold it
struct not_plain {
  constexpr ~not_plain() {}
};
static_assert(std::is_trivially_copyable_v<linnet::expected<int, char>>);
static_assert(std::is_trivially_destructible_v<linnet::expected<int, char>>);
static_assert(!std::is_trivially_destructible_v<linnet::expected<not_plain, char>>);
static_assert(
    !std::is_convertible_v<linnet::expected<int, char>, bool>);  // explicit: no arithmetic by accident
static_assert(!std::is_constructible_v<linnet::expected<int*, int>, char const*>);
static_assert(*linnet::expected<int, char>(3) == 3);
static_assert(linnet::expected<int, char>(linnet::unexpected('x')).error() == 'x');

// static_vector and text
static_assert(std::is_trivially_copyable_v<linnet::static_vector<int, 4>>);
static_assert(linnet::text("abc") == "abc" && linnet::text("abc").size() == 3);
template <class T>
concept ConvertsToText = requires(T const& value) {
  linnet::text(value);
};
static_assert(!ConvertsToText<char const*>);  // of unknown length: data and size are given, or a literal

// bytes
template <class T>
concept Stored = requires(std::byte* to, T value) {
  linnet::store(to, value);
};
static_assert(Stored<double> && !Stored<not_plain>);

}  // namespace
