// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <gtest/gtest.h>

#include <linnet/runtime/in_memories.hpp>

#include "support/rows_network.hpp"

namespace {

using namespace linnet;
using support::rows_graph, support::rows_weights;

constexpr plan_options layers{}, least{.policy = memory_policy::least_memory},
    streamed{.policy = memory_policy::least_memory, .stream_input = true},
    within{.policy = memory_policy::within, .budget = 1};  // the memories are the budget
constexpr board_memories<2> board{{{.bytes = 4096, .cost = 5}, {.bytes = 512, .cost = 1}}};

template <plan_options const& Options>
using housed = model_in<rows_graph, rows_weights, in_memories<Options, board>{}>;

/// The model's memories between bytes that it must leave alone, whatever was in them before.
template <class Model>
struct framed_memories {
  static constexpr std::size_t room = 8192;
  static constexpr std::byte untouched{0x5A};
  alignas(arena_alignment) std::array<std::array<std::byte, room>, 2> bytes;

  framed_memories() {
    for (auto& memory : bytes) memory.fill(untouched);
  }
  [[nodiscard]] std::array<std::span<std::byte>, 2> all() { return {bytes[0], bytes[1]}; }
  [[nodiscard]] bool frames_are_untouched() const {
    for (std::size_t i = 0; i < 2; ++i) {
      auto const behind = std::span(bytes[i]).subspan(static_cast<std::size_t>(Model::memory_bytes[i]));
      if (!std::ranges::all_of(behind, [](std::byte b) { return b == untouched; })) return false;
    }
    return true;
  }
};

template <class Model>
void expect_bytes_of_layers() {
  static_assert(Model::memory_count == 2);
  static framed_memories<Model> memories;
  auto m = Model::create(memories.all());
  ASSERT_TRUE(m.has_value());
  for (std::uint64_t seed : {1u, 2u}) {
    auto const want = support::wanted_output(seed);  // first: it packs the weights
    EXPECT_EQ(support::output_of(*m, seed), want);
  }
  EXPECT_TRUE(memories.frames_are_untouched());
}

TEST(in_memories, models_give_the_bytes_of_layer_by_layer) {
  expect_bytes_of_layers<housed<layers>>();
  expect_bytes_of_layers<housed<least>>();
  expect_bytes_of_layers<housed<within>>();
  expect_bytes_of_layers<housed<streamed>>();
}

template <plan_options const& Options>
constexpr bool keeps_inside =
    housed<Options>::memory_bytes[0] <= board[0].bytes&& housed<Options>::memory_bytes[1] <=
    board[1].bytes&& housed<Options>::memory_bytes[1] > 0;
static_assert(keeps_inside<layers> && keeps_inside<least> && keeps_inside<within> && keeps_inside<streamed>);
static_assert(housed<least>::memory_bytes[0] > 0, "the cheap memory cannot take it all");
static_assert(housed<least>::arena_bytes ==
              static_cast<std::size_t>(housed<least>::memory_bytes[0] + housed<least>::memory_bytes[1]));

TEST(in_memories, refuses_memories_that_are_too_small_or_misaligned) {
  using code = housed<least>;
  static framed_memories<code> memories;
  auto const create = [](std::size_t which, std::size_t first, std::int64_t size) {
    auto all = memories.all();
    all[which] = all[which].subspan(first, static_cast<std::size_t>(size));
    return code::create(all);
  };
  for (std::size_t i = 0; i < 2; ++i) {
    std::int64_t const enough = code::memory_bytes[i];
    EXPECT_TRUE(create(i, 0, enough).has_value());
    auto const small = create(i, 0, enough - 1), shifted = create(i, 1, enough);
    ASSERT_FALSE(small.has_value());
    EXPECT_EQ(small.error(), arena_fault::too_small);
    ASSERT_FALSE(shifted.has_value());
    EXPECT_EQ(shifted.error(), arena_fault::misaligned);
  }
}

static_assert(detail::options_in_memories<within, board>.budget == 4096 + 512);
static_assert(detail::options_in_memories<within, board>.policy == memory_policy::within);
static_assert(detail::options_in_memories<least, board> == least);

}  // namespace
