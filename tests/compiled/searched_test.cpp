// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <gtest/gtest.h>
#include <searched_in_ram.hpp>
#include <searched_streamed.hpp>

#include "expect_same_bits.hpp"

// `linnet compile --policy least_memory --search 20 --fast-weights 20000`: what the command wrote is replayed
// by this compiler, and gives the bytes of a session layer by layer.
namespace {

constexpr char const* model_name = "mobilenet_v2:0.35:96";

std::vector<std::byte> random_input(std::size_t bytes, std::uint64_t seed) {
  support::random_source random(seed);
  std::vector<std::byte> made(bytes);
  for (std::byte& b : made) b = static_cast<std::byte>(random.bits());
  return made;
}

template <class Output>
void expect_output(Output const& output, std::vector<std::byte> const& input) {
  auto const want = compiled::run_session(model_name, {input});
  ASSERT_TRUE(want.has_value()) << want.error().message;
  EXPECT_TRUE(std::ranges::equal(std::as_bytes(output.elements()), want->outputs[0]));
  EXPECT_FALSE(std::ranges::all_of(want->outputs[0], [&](std::byte b) { return b == want->outputs[0][0]; }));
}

template <auto const& Weights>
constexpr bool has_two_parts = Weights.fast_size > 10000 && Weights.fast_size <= 20000;
static_assert(has_two_parts<searched_in_ram::weights> && has_two_parts<searched_streamed::weights>);

TEST(searched, input_in_ram) {
  using model = linnet::model<searched_in_ram::graph, searched_in_ram::weights, searched_in_ram::planning>;
  static_assert(model::arena_bytes <= 30'700);
  static model m;
  for (std::uint64_t seed : {1u, 2u}) {
    auto const to = std::as_writable_bytes(m.input().elements());
    auto const input = random_input(to.size(), seed);
    std::ranges::copy(input, to.begin());
    m.run();
    expect_output(m.output(), input);
  }
}

TEST(searched, input_streamed) {
  using model =
      linnet::model<searched_streamed::graph, searched_streamed::weights, searched_streamed::planning>;
  static_assert(model::arena_bytes <= 15'500);
  static model m;
  for (std::uint64_t seed : {3u, 4u}) {
    auto const input = random_input(96 * 96 * 3, seed);
    m.run([&](std::int32_t y, std::span<std::int8_t> row) {
      std::ranges::copy_n(input.begin() + std::ptrdiff_t{y} * std::ssize(row), std::ssize(row),
                          std::as_writable_bytes(row).begin());
    });
    expect_output(m.output(), input);
  }
}

/// The linker script finds the fast parts by their sections; here they are merely apart and aligned.
TEST(searched, both_parts_of_the_weights_are_aligned) {
  for (std::byte const* part : {searched_in_ram::weights.bytes, searched_in_ram::weights.fast_bytes})
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(part) % linnet::weights_alignment, 0u);
}

}  // namespace
