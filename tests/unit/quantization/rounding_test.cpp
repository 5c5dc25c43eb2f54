// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/quantization/rounding.hpp>

// The oracles below follow the mathematical definitions in exact 128-bit arithmetic: quotient, remainder, a
// comparison of twice the remainder. No nudge, no bias, nothing of the header under test.
namespace {

using linnet::multiplier;
using linnet::rounding;
using linnet::tie;
__extension__ using wide = __int128;

constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min(),
                       highest = std::numeric_limits<std::int32_t>::max();

wide floor_of(wide numerator, int bits) { return numerator >> bits; }  // of numerator / 2^bits, by C++20

/// The integer nearest to numerator / 2^bits.
wide nearest(wide numerator, int bits, tie ties) {
  wide const below = floor_of(numerator, bits), unit = wide{1} << bits;
  wide const twice_the_rest = 2 * (numerator - below * unit);
  if (twice_the_rest != unit) return twice_the_rest < unit ? below : below + 1;
  switch (ties) {
    case tie::up: return below + 1;
    case tie::even: return below % 2 == 0 ? below : below + 1;
    case tie::away: return numerator < 0 ? below : below + 1;
  }
  return below;
}

std::int32_t saturated(wide value) {
  return static_cast<std::int32_t>(value < lowest ? wide{lowest} : value > highest ? wide{highest} : value);
}

/// Two exact roundings: ties up to 2^-31 units of x (gemmlowp's nudge does that for either sign), then ties
/// away.
std::int32_t doubly_rounded(std::int32_t x, multiplier m) {
  int const left = m.exponent > 0 ? m.exponent : 0;
  auto const raised = static_cast<std::int32_t>(static_cast<std::uint64_t>(std::int64_t{x}) << left);
  wide const first = nearest(wide{raised} * m.q31, 31, tie::up);
  return saturated(nearest(first, m.exponent < 0 ? -m.exponent : 0, tie::away));
}

/// Every x in [-70000, 70000], the ends of int32, and random numbers of every magnitude.
std::vector<std::int32_t> const& domain() {
  static std::vector<std::int32_t> const numbers = [] {
    std::vector<std::int32_t> all;
    for (std::int32_t x = -70000; x <= 70000; ++x) all.push_back(x);
    for (std::int32_t i = 0; i < 4; ++i) {
      all.push_back(lowest + i);
      all.push_back(highest - i);
    }
    std::mt19937 random(6);
    for (int i = 0; i < 20000; ++i) all.push_back(static_cast<std::int32_t>(random()) >> (i % 16));
    return all;
  }();
  return numbers;
}

template <class Ours, class Theirs>
void expect_equal_over_the_domain(Ours ours, Theirs theirs, std::string const& what) {
  for (std::int32_t x : domain()) {
    std::int32_t const got = ours(x), expected = theirs(x);
    if (got != expected) {
      ADD_FAILURE() << what << ": x = " << x << " gives " << got << ", not " << expected;
      return;
    }
  }
}

std::string described(multiplier m) {
  return "q31 = " + std::to_string(m.q31) + ", exponent = " + std::to_string(m.exponent);
}

/// Powers of two, both ends of q31, usual layers, shifts from the longest left to the longest right.
std::vector<multiplier> multipliers() {
  std::vector<multiplier> all{{0, 0}};
  for (int exponent : {-31, -30, -17, -9, -8, -7, -2, -1, 0, 1, 5, 15, 30}) {
    all.push_back({1 << 30, exponent});
    all.push_back({highest, exponent});
  }
  std::mt19937 random(7);
  for (int i = 0; i < 12; ++i) {
    all.push_back({static_cast<std::int32_t>((1u << 30) + random() % (1u << 30)), -i});
  }
  return all;
}

TEST(rounding, shift_right_is_the_nearest_integer) {
  for (int shift : {0, 1, 2, 7, 30, 31, 32, 33, 40}) {  // the shift policies below go through all of them
    auto const expect_ties = [&]<tie Tie>(std::integral_constant<tie, Tie>) {
      expect_equal_over_the_domain(
          [&](std::int32_t x) { return linnet::rounding_shift_right<Tie>(x, shift); },
          [&](std::int32_t x) { return saturated(nearest(x, shift, Tie)); },
          "shift " + std::to_string(shift));
    };
    expect_ties(std::integral_constant<tie, tie::up>{});
    expect_ties(std::integral_constant<tie, tie::even>{});
    expect_ties(std::integral_constant<tie, tie::away>{});
  }
}

TEST(rounding, high_multiply_is_the_nearest_integer_with_ties_up) {
  std::vector<std::int32_t> const corners{lowest, lowest + 1, -(1 << 30), -3,      -2,          -1,     0,
                                          1,      2,          3,          1 << 30, highest - 1, highest};
  for (std::int32_t b : corners) {
    expect_equal_over_the_domain(
        [&](std::int32_t x) { return linnet::rounding_doubling_high_multiply(x, b); },
        [&](std::int32_t x) { return saturated(nearest(wide{x} * b, 31, tie::up)); },
        "times " + std::to_string(b));
  }
  EXPECT_EQ(linnet::rounding_doubling_high_multiply(lowest, lowest), highest);
}

TEST(rounding, double_rounding_is_two_exact_roundings) {
  for (multiplier m : multipliers()) {
    expect_equal_over_the_domain([&](std::int32_t x) { return linnet::double_rounding::apply(x, m); },
                                 [&](std::int32_t x) { return doubly_rounded(x, m); }, described(m));
  }
}

TEST(rounding, double_rounding_to_the_right_is_one_floor) {
  for (multiplier m : multipliers()) {
    if (m.exponent > -1) continue;
    int const right = -m.exponent;
    auto const one_floor =
        [&](std::int32_t x) {  // floor(v + 1/2 +- 2^-(right + 1)), all times 2^(31 + right)
          wide const half = wide{1} << (30 + right), c = wide{1} << 30;
          return saturated(floor_of(wide{x} * m.q31 + half + (x >= 0 ? c : -c), 31 + right));
        };
    expect_equal_over_the_domain([&](std::int32_t x) { return linnet::double_rounding::apply(x, m); },
                                 one_floor, described(m));
  }
}

TEST(rounding, single_rounding_is_one_exact_rounding_with_ties_up) {
  for (multiplier m : multipliers()) {
    expect_equal_over_the_domain(
        [&](std::int32_t x) { return linnet::single_rounding::apply(x, m); },
        [&](std::int32_t x) { return saturated(nearest(wide{x} * m.q31, 31 - m.exponent, tie::up)); },
        described(m));
  }
}

TEST(rounding, float_half_even_is_the_library_s_nearbyint_of_the_float_product) {
  std::vector<float> scales{1.0f, 0.5f, 0.25f, 0x1p-9f, 1e-7f, 1e-40f, 3e38f, 0.00390625f, 2.0f};
  std::mt19937 random(8);
  std::uniform_real_distribution<float> exponent(-14.0f, 1.0f);
  for (int i = 0; i < 10; ++i) scales.push_back(std::exp2(exponent(random)));
  for (float scale : scales) {
    auto const oracle = [&](std::int32_t x) {
      float const volatile product = static_cast<float>(x) * scale;
      double const whole = static_cast<double>(std::nearbyint(float{product}));
      return whole >= 0x1p31 ? highest : whole <= -0x1p31 ? lowest : static_cast<std::int32_t>(whole);
    };
    expect_equal_over_the_domain([&](std::int32_t x) { return linnet::float_half_even::apply(x, scale); },
                                 oracle, "scale " + std::to_string(scale));
  }
}

TEST(rounding, float_half_away_is_the_library_s_round_of_the_double_product) {
  std::vector<linnet::float_half_away::factor> factors{{1, 1, 1},      {1, 1, 2},         {0.5f, 0.5f, 0.5f},
                                                       {1, 1e-20f, 1}, {3e30f, 3e30f, 1}, {1, 1, 1e-20f}};
  std::mt19937 random(9);
  std::uniform_real_distribution<float> scale(0.001f, 0.2f);
  for (int i = 0; i < 10; ++i) factors.push_back({scale(random), scale(random), scale(random)});
  for (auto const& f : factors) {
    auto const oracle = [&](std::int32_t x) {
      double const whole = std::round(static_cast<double>(x) * static_cast<double>(f.input) *
                                      static_cast<double>(f.weight) / static_cast<double>(f.output));
      return whole >= 0x1p31 ? highest : whole <= -0x1p31 ? lowest : static_cast<std::int32_t>(whole);
    };
    expect_equal_over_the_domain([&](std::int32_t x) { return linnet::float_half_away::apply(x, f); }, oracle,
                                 std::to_string(f.input) + " " + std::to_string(f.weight));
  }
}

template <class Policy>
class shift_policies : public testing::Test {};
using shifts = testing::Types<linnet::shift_half_up, linnet::shift_half_even, linnet::shift_half_away>;
TYPED_TEST_SUITE(shift_policies, shifts);

constexpr tie tie_of(rounding name) {
  return name == rounding::shift_half_up     ? tie::up
         : name == rounding::shift_half_even ? tie::even
                                             : tie::away;
}

TYPED_TEST(shift_policies, are_the_exact_quotient_for_every_shift) {
  for (std::int32_t shift = -31; shift <= 62; ++shift) {
    auto const oracle = [&](std::int32_t x) {
      if (shift < 0) return saturated(wide{x} * (wide{1} << -shift));
      return saturated(nearest(x, shift, tie_of(TypeParam::name)));
    };
    expect_equal_over_the_domain([&](std::int32_t x) { return TypeParam::apply(x, shift); }, oracle,
                                 "shift " + std::to_string(shift));
  }
}

TYPED_TEST(shift_policies, prepare_finds_the_shift_of_three_powers_of_two) {
  for (int input = -40; input <= 40; input += 4) {
    for (int weight = -40; weight <= 40; weight += 5) {
      for (int output = -40; output <= 40; output += 3) {
        float const i = std::ldexp(1.0f, input), w = std::ldexp(1.0f, weight), o = std::ldexp(1.0f, output);
        ASSERT_TRUE(TypeParam::accepts(i, w, o));
        auto const shift = TypeParam::prepare(i, w, o);
        ASSERT_EQ(shift, std::min(62, std::max(-31, output - input - weight)));
      }
    }
  }
}

TYPED_TEST(shift_policies, accept_powers_of_two_only) {
  EXPECT_TRUE(TypeParam::accepts(1.0f, 0.5f, 0x1p-126f));
  for (float wrong :
       {0.0f, -1.0f, 0.3f, std::nextafter(1.0f, 2.0f), std::numeric_limits<float>::infinity()}) {
    EXPECT_FALSE(TypeParam::accepts(wrong, 1.0f, 1.0f)) << wrong;
    EXPECT_FALSE(TypeParam::accepts(1.0f, wrong, 1.0f)) << wrong;
    EXPECT_FALSE(TypeParam::accepts(1.0f, 1.0f, wrong)) << wrong;
  }
}

TEST(rounding, policies_of_any_scale_accept_any_scale) {
  EXPECT_TRUE(linnet::double_rounding::accepts(0.3f, 0.7f, 0.1f));
  EXPECT_TRUE(linnet::single_rounding::accepts(0.3f, 0.7f, 0.1f));
  EXPECT_TRUE(linnet::float_half_even::accepts(0.3f, 0.7f, 0.1f));
  EXPECT_TRUE(linnet::float_half_away::accepts(0.3f, 0.7f, 0.1f));
}

TEST(rounding, powers_of_two_are_the_common_ground_of_both_quantizers) {
  for (int bits = 1; bits <= 32; ++bits) {
    float const output = std::ldexp(1.0f, bits);
    multiplier const m = linnet::double_rounding::prepare(1.0f, 1.0f, output);
    auto const shift = linnet::shift_half_up::prepare(1.0f, 1.0f, output);
    expect_equal_over_the_domain([&](std::int32_t x) { return linnet::single_rounding::apply(x, m); },
                                 [&](std::int32_t x) { return linnet::shift_half_up::apply(x, shift); },
                                 "half up, shift " + std::to_string(bits));
    auto const away_from_ties = [&](std::int32_t x, std::int32_t result) {  // by more than one step of x
      wide const rest = x - floor_of(x, bits) * (wide{1} << bits), half = wide{1} << (bits - 1);
      return rest - half > 1 || half - rest > 1 ? result : 0;
    };
    expect_equal_over_the_domain(
        [&](std::int32_t x) { return away_from_ties(x, linnet::double_rounding::apply(x, m)); },
        [&](std::int32_t x) { return away_from_ties(x, linnet::shift_half_even::apply(x, shift)); },
        "away from ties, shift " + std::to_string(bits));
  }
}

constexpr rounding all_policies[] = {rounding::double_rounding, rounding::single_rounding,
                                     rounding::float_half_even, rounding::float_half_away,
                                     rounding::shift_half_up,   rounding::shift_half_even,
                                     rounding::shift_half_away};

TEST(rounding, any_rounding_has_the_bits_of_the_policy_it_names) {
  struct scales {
    float input, weight, output;
  };
  for (scales s : {scales{0.5f, 0.0078125f, 0.25f}, scales{1.0f, 1.0f, 2.0f}, scales{2.0f, 4.0f, 0.5f},
                   scales{0.0235f, 0.0041f, 0.0518f}}) {
    for (rounding name : all_policies) {
      linnet::any_rounding const any{name};
      auto const factor = any.prepare(s.input, s.weight, s.output);
      linnet::with_policy(name, [&]<class Policy>(Policy) {
        auto const own = Policy::prepare(s.input, s.weight, s.output);
        expect_equal_over_the_domain([&](std::int32_t x) { return linnet::any_rounding::apply(x, factor); },
                                     [&](std::int32_t x) { return Policy::apply(x, own); },
                                     std::string(linnet::name_of(name)));
      });
    }
  }
}

TEST(rounding, a_name_leads_to_its_policy_and_back) {
  std::set<std::string> names;
  for (rounding name : all_policies) {
    EXPECT_EQ(linnet::with_policy(name, []<class Policy>(Policy) { return Policy::name; }), name);
    rounding const integer =
        linnet::with_multiplier_policy(name, []<class Policy>(Policy) { return Policy::name; });
    EXPECT_EQ(integer == name, linnet::has_integer_multiplier(name));
    names.insert(std::string(linnet::name_of(name)));
  }
  EXPECT_EQ(names.size(), std::size(all_policies));
  EXPECT_EQ(names.count("?"), 0u);
}

/// By 128-bit arithmetic: the multiplier cut to 15 bits, rounded, one sum with ties toward +infinity.
TEST(rounding, reduced_multiplier_is_one_rounding_of_64_bits) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200000; ++i) {
    multiplier const m{static_cast<std::int32_t>((1u << 30) | (random() & 0x3FFFFFFFu)),
                       static_cast<std::int32_t>(random() % 47) - 31};
    std::int64_t const x = static_cast<std::int64_t>(random()) >> (18 + random() % 40);
    __int128 const q15 = m.q31 >= 0x7FFF0000 ? 0x7FFF : (m.q31 + 0x8000) >> 16;
    __int128 const unit = __int128{1} << (15 - std::min(m.exponent, 15));
    __int128 const raised = x * q15 * (__int128{1} << std::max(m.exponent - 15, 0));
    __int128 expected = (2 * raised + unit) / (2 * unit);
    if ((2 * raised + unit) % (2 * unit) != 0 && 2 * raised + unit < 0) --expected;
    expected = std::clamp<__int128>(expected, std::numeric_limits<std::int32_t>::min(),
                                    std::numeric_limits<std::int32_t>::max());
    ASSERT_EQ(linnet::reduced_multiplier::apply(x, m), static_cast<std::int32_t>(expected))
        << x << " * " << m.q31 << " * 2^" << m.exponent;
  }
}

TEST(rounding, ties_tell_the_policies_apart) {
  multiplier const half = linnet::make_multiplier(0.5), quarter = linnet::make_multiplier(0.25);
  EXPECT_EQ(linnet::double_rounding::apply(-1, half), 0);      // -1/2: the high multiplication rounds it up
  EXPECT_EQ(linnet::double_rounding::apply(-2, quarter), -1);  // -1/2: the shift rounds it away
  EXPECT_EQ(linnet::double_rounding::apply(1, quarter), 1);    // 1/4: rounded twice
  EXPECT_EQ(linnet::single_rounding::apply(-2, quarter), 0);
  EXPECT_EQ(linnet::single_rounding::apply(1, quarter), 0);
  EXPECT_EQ(linnet::shift_half_up::apply(-3, 1), -1);
  EXPECT_EQ(linnet::shift_half_even::apply(-3, 1), -2);
  EXPECT_EQ(linnet::shift_half_even::apply(5, 1), 2);
  EXPECT_EQ(linnet::shift_half_away::apply(5, 1), 3);
  EXPECT_EQ(linnet::float_half_even::apply(5, 0.5f), 2);
  EXPECT_EQ(linnet::float_half_away::apply(-5, {0.5f, 1.0f, 1.0f}), -3);
}

}  // namespace
