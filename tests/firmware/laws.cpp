// SPDX-License-Identifier: MIT
#include <cstdint>

#include <linnet/base/math.hpp>
#include <linnet/config/arch.hpp>
#include <linnet/quantization/affine.hpp>
#include <linnet/quantization/fixed_point.hpp>
#include <linnet/quantization/requantize.hpp>
#include <linnet/quantization/rounding.hpp>

#include "board.hpp"

// The machine must equal the compiler: each law is a checksum over a long deterministic sequence, computed
// once by the compiler (constexpr evaluation) and once more here by the processor.
namespace {

class checksum {
 public:
  constexpr void add(std::uint32_t value) {
    for (int byte = 0; byte < 4; ++byte, value >>= 8)
      hash_ = (hash_ ^ (value & 0xFFu)) * 16777619u;  // FNV-1a
  }
  constexpr void add(std::int32_t value) { add(static_cast<std::uint32_t>(value)); }
  [[nodiscard]] constexpr std::uint32_t value() const { return hash_; }

 private:
  std::uint32_t hash_ = 2166136261u;
};

class sequence {
 public:
  constexpr explicit sequence(std::uint32_t seed) : state_(seed) {}
  // Every magnitude is as likely as any other: rounding differs where numbers are small.
  constexpr std::int32_t next() {
    state_ = state_ * 1664525u + 1013904223u;
    std::uint32_t const bits = state_ ^ (state_ >> 15);
    return static_cast<std::int32_t>(bits) >> (state_ >> 27);
  }

 private:
  std::uint32_t state_;
};

constexpr std::uint32_t arithmetic(std::uint32_t seed) {
  sequence numbers(seed);
  checksum sum;
  for (int i = 0; i < 500; ++i) {
    std::int32_t const a = numbers.next(), b = numbers.next();
    sum.add(linnet::wrapping_add(a, b));
    sum.add(linnet::wrapping_multiply(a, b));
    sum.add(std::int32_t{linnet::saturate<std::int8_t>(a)});
    sum.add(linnet::saturate<std::int32_t>(linnet::round_to_integer<linnet::tie::even>(a / 256.0)));
    auto const parts = linnet::frexp(static_cast<double>(a));
    sum.add(std::int32_t{parts.exponent});
  }
  return sum.value();
}

template <class Policy>
constexpr std::uint32_t requantization(std::uint32_t seed) {
  sequence numbers(seed);
  checksum sum;
  constexpr float scales[] = {0x1p-4f, 0x1p-7f, 0x1p-9f, 0x1p-1f};
  constexpr float odd =
      Policy::accepts(0.3f, 0.3f, 0.3f) ? 1.37f : 1.0f;  // only powers of two, where only those
  for (float const weight : scales) {
    auto const factor = Policy::prepare(0x1p-3f * odd, weight * odd, 0x1p-2f);
    for (int i = 0; i < 100; ++i) {
      std::int32_t const accumulator = numbers.next();
      sum.add(Policy::apply(accumulator, factor));
      sum.add(std::int32_t{linnet::requantize<std::int8_t, Policy>(accumulator, factor, -5, {-100, 127})});
    }
  }
  return sum.value();
}

constexpr std::uint32_t transcendental(std::uint32_t seed) {
  sequence numbers(seed);
  checksum sum;
  for (int i = 0; i < 100; ++i) {
    std::int32_t const a = numbers.next();
    sum.add(linnet::fixed_point::logistic<4>(a == INT32_MIN ? 0 : a));
  }
  return sum.value();
}

constexpr std::uint32_t quantizers(std::uint32_t seed) {
  sequence numbers(seed);
  checksum sum;
  auto const quantizer = linnet::affine<std::int8_t>::covering(-1.5f, 6.0f);
  for (int i = 0; i < 300; ++i) {
    float const value = static_cast<float>(numbers.next()) * 0x1p-24f;
    auto const stored = linnet::quantize(quantizer, value);
    sum.add(std::int32_t{stored});
    sum.add(std::bit_cast<std::uint32_t>(linnet::dequantize(quantizer, stored)));
  }
  return sum.value();
}

int failures = 0;

void expect(char const* law, std::uint32_t machine, std::uint32_t compiler) {
  board::print(machine == compiler ? "holds  " : "BROKEN ");
  board::print(law);
  if (machine != compiler) {
    ++failures;
    board::print(": the machine computes ");
    board::print(machine);
    board::print(", the compiler ");
    board::print(compiler);
  }
  board::print("\n");
}

// The compiler cannot know what a volatile holds, so the processor has to compute.
std::uint32_t volatile hidden_seed = 2026;

template <std::uint32_t (*Law)(std::uint32_t)>
void check(char const* name) {
  constexpr std::uint32_t by_compiler = Law(2026);
  expect(name, Law(hidden_seed), by_compiler);
}

}  // namespace

int main() {
  board::print("architecture ");
  board::print(linnet::arch::native::name);
  board::print("\n");
  check<arithmetic>("base/math");
  check<quantizers>("quantization/affine");
  check<requantization<linnet::double_rounding>>("quantization/double_rounding");
  check<requantization<linnet::single_rounding>>("quantization/single_rounding");
  check<requantization<linnet::float_half_even>>("quantization/float_half_even");
  check<requantization<linnet::float_half_away>>("quantization/float_half_away");
  check<requantization<linnet::shift_half_up>>("quantization/shift_half_up");
  check<requantization<linnet::shift_half_even>>("quantization/shift_half_even");
  check<requantization<linnet::shift_half_away>>("quantization/shift_half_away");
  check<transcendental>("quantization/fixed_point");
  return failures == 0 ? 0 : 1;
}
