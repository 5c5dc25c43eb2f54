// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/recurrent/pack.hpp>
#include <linnet/kernels/recurrent/reference.hpp>
#include <linnet/kernels/recurrent/traits.hpp>

#include "support/random_source.hpp"

namespace {

using namespace linnet;
using kernels::recurrent::problem;
using traits = kernels::traits<problem, arch::scalar>;

template <class T>
std::vector<T> noise(support::random_source& random, std::size_t count, double most) {
  std::vector<T> made(count);
  for (T& each : made) each = static_cast<T>(random.real(-most, most));
  return made;
}
template <class T>
span<std::byte const> bytes_of(std::vector<T> const& from) {
  return {reinterpret_cast<std::byte const*>(from.data()), from.size() * sizeof(T)};
}

/// A layer with what it keeps: runs one call after the other.
template <class T>
class layer {
 public:
  layer(problem const& p, kernels::constants const& from)
      : p_(p),
        packed_(static_cast<std::size_t>(traits::packed_bytes(p)) / 8),
        state_(static_cast<std::size_t>(traits::scratch_bytes(p)) / 8 + 1) {
    EXPECT_TRUE(traits::supports(p));
    pack(p, from, reinterpret_cast<std::byte*>(packed_.data()), arch::scalar{});
  }
  void reset() { std::ranges::fill(state_, 0); }
  std::vector<T> run(std::vector<T> const& input) {
    std::vector<T> output(static_cast<std::size_t>(p_.output.width * p_.output.channels));
    auto const pixel = [](std::int32_t channels) { return channels * static_cast<std::int32_t>(sizeof(T)); };
    kernels::input_row const row{reinterpret_cast<std::byte const*>(input.data()), pixel(p_.input.channels)};
    kernels::row_span const out{reinterpret_cast<std::byte*>(output.data()), 0, pixel(p_.output.channels), 1};
    kernels::recurrent::with_descriptor<std::uint16_t>(p_, [&](auto const& d) {
      rows(d, kernels::row_window(&row, 1), out, reinterpret_cast<std::byte const*>(packed_.data()),
           reinterpret_cast<std::byte*>(state_.data()), arch::scalar{});
    });
    return output;
  }

 private:
  problem p_;
  std::vector<std::int64_t> packed_, state_;
};

/// The definition, in double precision.
struct naive_lstm {
  std::int32_t inputs, units, batch, steps;
  bool time_major;
  double clip;
  std::vector<float> const &w, &r, &bias;
  std::vector<double> cells, last;

  std::vector<double> run(std::vector<float> const& x) {
    std::vector<double> made(static_cast<std::size_t>(batch * steps * units));
    cells.resize(static_cast<std::size_t>(batch * units));
    last.resize(cells.size());
    for (std::int32_t t = 0; t < steps; ++t) {
      for (std::int32_t n = 0; n < batch; ++n) {
        std::int32_t const pixel = time_major ? t * batch + n : n * steps + t;
        std::vector<double> now(static_cast<std::size_t>(units));
        for (std::int32_t u = 0; u < units; ++u) {
          double gate[4];
          for (std::int32_t g = 0; g < 4; ++g) {
            auto const row = static_cast<std::size_t>(g * units + u);
            double sum = static_cast<double>(bias[row]);
            for (std::int32_t i = 0; i < inputs; ++i)
              sum += static_cast<double>(
                         w[row * static_cast<std::size_t>(inputs) + static_cast<std::size_t>(i)]) *
                     static_cast<double>(x[static_cast<std::size_t>(pixel * inputs + i)]);
            for (std::int32_t i = 0; i < units; ++i)
              sum += static_cast<double>(
                         r[row * static_cast<std::size_t>(units) + static_cast<std::size_t>(i)]) *
                     last[static_cast<std::size_t>(n * units + i)];
            gate[g] = g == 2 ? std::tanh(sum) : 1 / (1 + std::exp(-sum));
          }
          double& c = cells[static_cast<std::size_t>(n * units + u)];
          c = gate[1] * c + gate[0] * gate[2];
          if (clip > 0) c = std::clamp(c, -clip, clip);
          now[static_cast<std::size_t>(u)] = gate[3] * std::tanh(c);
        }
        std::ranges::copy(now, last.begin() + n * units);
        std::ranges::copy(now, made.begin() + pixel * units);
      }
    }
    return made;
  }
};

problem lstm_problem(element_type type, std::int32_t batch, std::int32_t steps, std::int32_t inputs,
                     std::int32_t units) {
  problem p;
  p.function = recurrence::lstm;
  p.type = type;
  p.state_type = type == f32 ? f32 : s16;
  p.input = {1, 1, batch * steps, inputs};
  p.output = {1, 1, batch * steps, units};
  p.steps = steps;
  return p;
}

TEST(recurrent_reference, lstm_is_its_definition_run_after_run) {
  support::random_source random(1);
  for (bool const time_major : {true, false}) {
    problem p = lstm_problem(f32, 2, 3, 5, 4);
    p.time_major = time_major;
    p.cell_clip = time_major ? 0.5f : 0.0f;
    auto const w = noise<float>(random, 16 * 5, 1), r = noise<float>(random, 16 * 4, 1),
               bias = noise<float>(random, 16, 1);
    layer<float> made(p, {bytes_of(w), bytes_of(bias), {}, {}, bytes_of(r), {}});
    naive_lstm wanted{5, 4, 2, 3, time_major, static_cast<double>(p.cell_clip), w, r, bias, {}, {}};
    std::vector<float> first, first_input;
    for (int run = 0; run < 3; ++run) {
      auto const x = noise<float>(random, 30, 2);
      auto const got = made.run(x);
      auto const want = wanted.run(x);
      for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(static_cast<double>(got[i]), want[i], 1e-6);
      if (run == 0) first = got, first_input = x;
    }
    EXPECT_NE(made.run(first_input), first) << "nothing was kept";
    made.reset();
    EXPECT_EQ(made.run(first_input), first);
  }
}

/// Steps of the input, of the output and of the weights; what the definition makes of the real numbers.
TEST(recurrent_reference, integers_of_an_lstm_are_near_its_real_numbers) {
  support::random_source random(2);
  problem p = lstm_problem(s8, 1, 6, 8, 5);
  p.input_quantization = {1.0f / 64, 7};
  p.output_quantization = {1.0f / 128, -3};
  p.state_quantization = {1.0f / 4096, 0};
  auto const w = noise<std::int8_t>(random, 20 * 8, 127), r = noise<std::int8_t>(random, 20 * 5, 127);
  auto const bias = noise<std::int32_t>(random, 20, 4000);
  std::array<float, 20> scales{}, second{};
  for (std::size_t i = 0; i < 20; ++i) {
    scales[i] = 0.004f + 0.001f * static_cast<float>(i / 5);
    second[i] = 0.006f - 0.001f * static_cast<float>(i / 5);
  }
  std::vector<float> real_w(w.size()), real_r(r.size()), real_bias(20);
  for (std::size_t i = 0; i < w.size(); ++i) real_w[i] = scales[i / 8] * static_cast<float>(w[i]);
  for (std::size_t i = 0; i < r.size(); ++i) real_r[i] = second[i / 5] * static_cast<float>(r[i]);
  for (std::size_t i = 0; i < 20; ++i) real_bias[i] = scales[i] / 64 * static_cast<float>(bias[i]);
  layer<std::int8_t> made(p, {bytes_of(w), bytes_of(bias), scales, {}, bytes_of(r), second});
  naive_lstm wanted{8, 5, 1, 6, true, 0, real_w, real_r, real_bias, {}, {}};
  for (int run = 0; run < 2; ++run) {
    auto const x = noise<std::int8_t>(random, 48, 127);
    std::vector<float> real(48);
    for (std::size_t i = 0; i < 48; ++i) real[i] = static_cast<float>(x[i] - 7) / 64;
    auto const got = made.run(x);
    auto const want = wanted.run(real);
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR((got[i] + 3) / 128.0, want[i], 0.03);
  }
}

TEST(recurrent_reference, svdf_is_its_definition_call_after_call) {
  support::random_source random(3);
  constexpr std::size_t rows = 2, inputs = 5, units = 3, rank = 2, filters = units * rank, memory = 4;
  problem p;
  p.type = p.state_type = f32;
  p.activation = activation::relu;
  p.input = {1, 1, rows, inputs};
  p.output = {1, 1, rows, units};
  p.filters = filters;
  p.memory = memory;
  auto const features = noise<float>(random, filters * inputs, 1),
             times = noise<float>(random, filters * memory, 1), bias = noise<float>(random, units, 1);
  layer<float> made(p, {bytes_of(features), bytes_of(bias), {}, {}, bytes_of(times), {}});
  std::vector<std::vector<double>> results;  // of each call: (row, filter)
  for (int call = 0; call < 6; ++call) {
    auto const x = noise<float>(random, rows * inputs, 2);
    results.emplace_back(rows * filters);
    for (std::size_t i = 0; i < rows * filters; ++i) {
      for (std::size_t k = 0; k < inputs; ++k)
        results.back()[i] += static_cast<double>(features[i % filters * inputs + k]) *
                             static_cast<double>(x[i / filters * inputs + k]);
    }
    auto const got = made.run(x);
    for (std::size_t i = 0; i < rows * units; ++i) {
      double sum = static_cast<double>(bias[i % units]);
      for (std::size_t f = i % units * rank; f < (i % units + 1) * rank; ++f) {
        for (std::size_t age = 0; age < std::min(memory, results.size()); ++age)
          sum += static_cast<double>(times[f * memory + memory - 1 - age]) *
                 results[results.size() - 1 - age][i / units * filters + f];
      }
      EXPECT_NEAR(static_cast<double>(got[i]), std::max(0.0, sum), 1e-5);
    }
  }
}

/// Moving every stored input by the zero point's move changes nothing; nor does a zero point of the state,
/// where nothing saturates.
TEST(recurrent_reference, zero_points_move_nothing_but_stored_numbers) {
  support::random_source random(4);
  problem p;
  p.input = {1, 1, 1, 6};
  p.output = {1, 1, 1, 2};
  p.filters = 4;
  p.memory = 3;
  p.input_quantization = {0.5f, 0};
  p.output_quantization = {2.0f, 0};
  p.state_quantization = {2.0f, 0};
  problem moved = p;
  moved.input_quantization.zero_point = 9;
  moved.state_quantization.zero_point = -20;
  moved.output_quantization.zero_point = 5;
  auto const features = noise<std::int8_t>(random, 24, 60), times = noise<std::int8_t>(random, 12, 127);
  auto const bias = noise<std::int32_t>(random, 2, 100);
  std::array const first{0.02f}, second{0.01f};
  kernels::constants const from{bytes_of(features), bytes_of(bias), first, {}, bytes_of(times), second};
  layer<std::int8_t> a(p, from), b(moved, from);
  for (int call = 0; call < 5; ++call) {
    auto x = noise<std::int8_t>(random, 6, 100);
    auto const y = a.run(x);
    for (std::int8_t& each : x) each = static_cast<std::int8_t>(each + 9);
    auto const z = b.run(x);
    for (std::size_t i = 0; i < y.size(); ++i) EXPECT_EQ(z[i], y[i] + 5);
  }
}

TEST(recurrent_traits, refuse_what_they_cannot_keep) {
  problem p = lstm_problem(s8, 1, 2, 3, 4);
  p.state_quantization = {1.0f / 4096, 0};
  EXPECT_TRUE(traits::supports(p));
  p.state_quantization = {1.0f / 4096, 1};
  EXPECT_FALSE(traits::supports(p));
  p.state_quantization = {1.0f / 4096, 0};
  p.rounding = rounding::float_half_even;
  EXPECT_FALSE(traits::supports(p));
  p.rounding = rounding::double_rounding;
  p.type = u8;
  EXPECT_FALSE(traits::supports(p));
  EXPECT_TRUE(traits::keeps_scratch);
  EXPECT_EQ(traits::scratch_bytes(lstm_problem(s8, 2, 3, 5, 4)), 2 * 4 * 2 + 2 * 4);
}

TEST(logistic_table, has_the_known_ends) {
  EXPECT_EQ(logistic_16(0), 16384);
  EXPECT_EQ(tanh_16(0), 0);
  for (std::int32_t x : {1, 100, 5000, 30000, 90000, 130560, 400000}) {
    double const real = x / 12288.0;
    EXPECT_NEAR(logistic_16(x) / 32768.0, 1 / (1 + std::exp(-real)), 1e-4) << x;
    EXPECT_NEAR(logistic_16(-x) / 32768.0, 1 / (1 + std::exp(real)), 1e-4) << x;
    EXPECT_NEAR(tanh_16(x) / 32768.0, std::tanh(real), 1e-4) << x;
    EXPECT_NEAR(tanh_16(-x) / 32768.0, std::tanh(-real), 1e-4) << x;
  }
}

}  // namespace
