// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include <linnet/analysis/memory_knee.hpp>

#include "support/composed_plan.hpp"

namespace {

using namespace linnet;
using support::composed_plan;

constexpr plan_options least{.policy = memory_policy::least_memory};

void expect_sound(knee_point const& p, memory_knee const& knee) {
  EXPECT_GE(p.arena_bytes, p.most_alive);
  EXPECT_GT(p.most_alive, 0);
  EXPECT_GE(p.constants_read, knee.constants);
  EXPECT_GE(p.steps, p.groups);
  EXPECT_GE(p.groups, 1);
}

TEST(memory_knee, has_a_point_a_setting) {
  composed_plan const made("mobilenet_v2:0.35:96", least);
  memory_knee const knee = knee_of(made.plan.rows.problem());
  ASSERT_EQ(knee.by_length.size(), knee_lengths.size());
  ASSERT_EQ(knee.by_strip.size(), knee_strips.size());
  for (std::size_t i = 0; i < knee_lengths.size(); ++i) {
    EXPECT_EQ(knee.by_length[i].setting, knee_lengths[i]);
    expect_sound(knee.by_length[i], knee);
  }
  for (std::size_t i = 0; i < knee_strips.size(); ++i) {
    EXPECT_EQ(knee.by_strip[i].setting, knee_strips[i]);
    expect_sound(knee.by_strip[i], knee);
  }
  EXPECT_EQ(static_cast<std::size_t>(knee.by_length[0].groups), made.plan.rows.operations.size());
}

/// The settings of both curves' common point are those of the policy `least_memory`.
TEST(memory_knee, ends_where_the_plan_of_the_least_memory_is) {
  for (char const* name : {"mobilenet_v2:0.35:96", "mobilenet_v1:0.25:96:2", "squeezenet:1.1:96"}) {
    for (bool const streamed : {false, true}) {
      plan_options options = least;
      options.stream_input = streamed;
      composed_plan const made(name, options);
      memory_knee const knee = knee_of(made.plan.rows.problem());
      for (knee_point const& p : {knee.by_length.back(), knee.by_strip.front()}) {
        EXPECT_EQ(p.arena_bytes, made.plan.arena_bytes) << name;
        EXPECT_EQ(p.most_alive, made.plan.arena_lower_bound) << name;
        EXPECT_EQ(p.constants_read, weights_read(made.plan)) << name;
        EXPECT_EQ(static_cast<std::size_t>(p.groups), groups_of(made.plan).size()) << name;
      }
    }
  }
}

/// memory.md, section 2: SqueezeNet's and MobileNetV2's curves fall; higher strips cost memory, save weights.
TEST(memory_knee, long_groups_save_memory_and_high_strips_save_reading) {
  composed_plan const made("mobilenet_v2:1.0:224", least);
  memory_knee const knee = knee_of(made.plan.rows.problem());
  EXPECT_EQ(knee.by_length[0].most_alive, 1209600);
  EXPECT_EQ(knee.by_length[4].most_alive, 189952);
  EXPECT_LT(5 * knee.by_length.back().arena_bytes, knee.by_length.front().arena_bytes);
  for (std::size_t i = 1; i < knee.by_strip.size(); ++i) {
    EXPECT_GT(knee.by_strip[i].arena_bytes, knee.by_strip[i - 1].arena_bytes);
    EXPECT_LT(knee.by_strip[i].constants_read, knee.by_strip[i - 1].constants_read);
    EXPECT_LT(knee.by_strip[i].steps, knee.by_strip[i - 1].steps);
  }
}

TEST(memory_knee, as_text_has_a_line_a_setting) {
  composed_plan const made("mobilenet_v2:0.35:96", least);
  std::string const text = knee_text(knee_of(made.plan.rows.problem()), "a\x1Bmodel");
  EXPECT_TRUE(text.starts_with("a?model\n"));
  EXPECT_NE(text.find("\n   any"), text.npos);
  std::istringstream stream(text);
  std::size_t bars = 0;
  for (std::string line; std::getline(stream, line);) {
    EXPECT_LE(detail::characters_of(line), 100u);
    bars += line.ends_with("█") ? 1u : 0u;
  }
  EXPECT_EQ(bars, knee_lengths.size() + knee_strips.size());
}

TEST(memory_knee, how_often_weights_are_read_in_words) {
  EXPECT_EQ(detail::times_in_words(64, 10), "6.4");
  EXPECT_EQ(detail::times_in_words(1, 0), "-");
  EXPECT_EQ(detail::times_in_words(1999, 1000), "2.0");
}

}  // namespace
