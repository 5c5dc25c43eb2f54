// SPDX-License-Identifier: MIT
#pragma once

#include <linnet/kernels/cortex_m/arm_dsp.hpp>

#if defined(LINNET_HAS_ARM_DSP)

#include <cstddef>
#include <cstdint>

#include <linnet/kernels/cortex_m/int16.hpp>

namespace linnet::inline LINNET_ISA::kernels::int16 {

/// Pairs of inputs by pairs of weights: SMLAD.
struct dsp_products {
  [[nodiscard, gnu::always_inline]] static std::int32_t plus_both(std::int32_t sum, std::uint32_t a,
                                                                  std::uint32_t b) {
    asm("smlad %0, %1, %2, %0" : "+r"(sum) : "r"(a), "r"(b));
    return sum;
  }

  /// Copies `bytes` bytes, an even number.
  static void copy(std::byte* to, std::byte const* from, std::int32_t bytes) {
    std::byte* const end = to + (bytes & ~3);
    for (; to != end; to += 4, from += 4) {
      std::uint32_t const word = kernels::dsp::word_at(from);
      __builtin_memcpy(to, &word, 4);
    }
    if ((bytes & 2) != 0) store(to, load<std::uint16_t>(from));
  }

  /// Inputs as bytes are widened, 0, 2, 1, 3 of every four: words, `apart` from one to the next; zeros behind
  /// the last one. Words side by side may take the place of the inputs.
  [[gnu::noinline]] static void in_order(std::byte const* from, std::uint32_t* to, std::int32_t count,
                                         std::int32_t apart) {
    using namespace kernels::dsp;
    auto const put = [&](std::uint32_t a, std::uint32_t b) {
      to[0] = low_halves(a, b);
      to[apart] = high_halves(a, b);
      to += 2 * apart;
    };
    for (std::byte const* const end = from + 2 * (count & ~3); from != end; from += 8)
      put(word_at(from), word_at(from + 4));
    if ((count & 3) == 0) return;
    std::uint32_t a = load<std::uint16_t>(from), b = 0;
    if ((count & 3) > 1) a |= std::uint32_t{load<std::uint16_t>(from + 2)} << 16;
    if ((count & 3) > 2) b = load<std::uint16_t>(from + 4);
    put(a, b);
  }

  /// Adds what inputs in order make with the weights of four channels. Out of line: the registers are its
  /// own.
  [[gnu::noinline]] static void add(std::int64_t (&sums)[4], std::byte const* inputs, std::int32_t count,
                                    std::byte const* const (&weights)[4]) {
    using namespace kernels::dsp;
    auto const* x = reinterpret_cast<std::uint32_t const*>(inputs);
    std::byte const *wa = weights[0], *wb = weights[1], *wc = weights[2], *wd = weights[3];
    for (; count > 0; count -= most_int16_products) {
      std::int32_t a = 0, b = 0, c = 0, d = 0;
      std::uint32_t const* const end = x + (min(count, most_int16_products) + 3) / 4 * 2;
      auto const plus = [](std::int32_t& sum, std::byte const*& w, std::uint32_t even, std::uint32_t odd) {
        std::uint32_t const word = *reinterpret_cast<std::uint32_t const*>(w);
        w += 4;
        sum = plus_both(plus_both(sum, even, widened_even(word)), odd, widened_odd(word));
      };
      do {
        std::uint32_t const even = x[0], odd = x[1];
        x += 2;
        plus(a, wa, even, odd);
        plus(b, wb, even, odd);
        plus(c, wc, even, odd);
        plus(d, wd, even, odd);
      } while (x != end);
      sums[0] += a;
      sums[1] += b;
      sums[2] += c;
      sums[3] += d;
    }
  }
};

/// One pixel, `count` inputs in order, against all channels of `channel_records`, four at a time; the last
/// four may have some channel twice.
template <class Policy>
[[gnu::noinline]] void multiply_pixel(std::byte const* inputs, std::int32_t count, std::byte const* record,
                                      std::int32_t channels, output_stage<std::int16_t> const& output,
                                      std::byte* to) {
  channel_records<std::int16_t, Policy> const places{count, 0};
  auto const stride = static_cast<std::int32_t>(places.stride()),
             factor_at = static_cast<std::int32_t>(places.factor_at());
  for (; channels > 0; channels -= 4) {
    std::byte const *records[4], *weights[4];
    std::int64_t sums[4];
    for (std::int32_t i = 0; i < 4; ++i) {
      records[i] = record;
      weights[i] = record + sizeof(accumulator<std::int16_t, Policy>);
      sums[i] = load_aligned<accumulator<std::int16_t, Policy>>(record);
      if (i + 1 < channels) record += stride;
    }
    dsp_products::add(sums, inputs, count, weights);
    for (std::int32_t i = 0; i < min<std::int32_t>(channels, 4); ++i, to += 2)
      finish<Policy>(output, sums[i], records[i] + factor_at, to);
  }
}

}  // namespace linnet::inline LINNET_ISA::kernels::int16

#endif
