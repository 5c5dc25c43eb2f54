// SPDX-License-Identifier: MIT
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <linnet/runtime/policy.hpp>

namespace {

using namespace linnet;

TEST(memory_policy, has_names) {
  std::set<std::string> names;
  for (memory_policy p : {memory_policy::layer_by_layer, memory_policy::fastest, memory_policy::within,
                          memory_policy::least_memory})
    names.insert(std::string(name_of(p)));
  EXPECT_EQ(names, (std::set<std::string>{"layer_by_layer", "fastest", "within", "least_memory"}));
}

TEST(plan_options, say_what_needs_rows) {
  EXPECT_FALSE(needs_rows({}));
  EXPECT_FALSE(needs_rows({.policy = memory_policy::fastest})) << "it depends";
  EXPECT_FALSE(needs_rows({.policy = memory_policy::within})) << "it depends";
  EXPECT_TRUE(needs_rows({.policy = memory_policy::least_memory}));
  EXPECT_TRUE(needs_rows({.policy = memory_policy::layer_by_layer, .stream_input = true}));
}

TEST(plan_options, say_up_to_which_arena_layers_run_whole) {
  EXPECT_EQ(budget_of({.policy = memory_policy::within, .budget = 1234}), 1234);
  EXPECT_EQ(budget_of({.policy = memory_policy::fastest}), near_bytes);
  EXPECT_GT(budget_of({}), std::int64_t{1} << 60);
}

}  // namespace
