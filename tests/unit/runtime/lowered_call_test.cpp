// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <gtest/gtest.h>

#include <linnet/runtime/lowered_call.hpp>

#include "support/random_graph.hpp"

namespace {

using namespace linnet;

/// What `lower` itself says, call by call.
TEST(lower_call, gives_every_call_of_every_node) {
  for (std::uint64_t seed = 0; seed < 60 && !HasFailure(); ++seed) {
    support::random_graph made(seed);
    graph_view const g = made.maker().view();
    for (node const& n : g.nodes) {
      std::size_t part = 0;
      auto const done = lower(g, n, [&]<class P>(P const& p, kernel_call const& call) {
        auto const picked = lower_call<arch::native>(g, n, part++);
        EXPECT_TRUE(picked.has_value());
        EXPECT_EQ(picked->problem, detail::index_of<P>(kernels::all_problems{}));
        EXPECT_EQ(picked->selected.packed_bytes, kernels::select<arch::native>(p).packed_bytes);
        EXPECT_EQ(picked->call.operands, call.operands);
        EXPECT_EQ(picked->call.output_offset, call.output_offset);
        EXPECT_EQ(picked->call.output.width, call.output.width);
        EXPECT_TRUE(picked->narrow);
        if constexpr (requires { window_of(p); }) {
          EXPECT_EQ(picked->window.padding, window_of(p).padding);
          EXPECT_EQ(picked->window.kernel, window_of(p).kernel);
        }
        return expected<void, graph_error>{};
      });
      ASSERT_TRUE(done.has_value());
      if (!is_alias(g, n)) {
        EXPECT_EQ(part, call_count(g, n)) << std::string(name_of(n.kind));
      }
    }
  }
}

TEST(lower_call, says_which_extents_need_more_than_16_bits) {
  for (std::int32_t width : {65535, 65536}) {
    support::graph_maker g;
    tensor_id const x = g.activation({1, 1, width, 1}, f32), y = g.activation({1, 1, width, 1}, f32);
    g.add({.kind = op::logistic}, {x}, y);
    EXPECT_EQ(lower_call<arch::native>(g.view(), g.view().nodes[0])->narrow, width == 65535);
  }
}

TEST(lower_call, hands_on_what_cannot_be_lowered) {
  support::graph_maker g;
  tensor_id const x = g.activation({4}, s8, {0.5f, 1}), y = g.activation({4}, s8, {0.25f, 1});
  node pad{.kind = op::pad};
  g.add(pad, {x}, y);
  auto const refused = lower_call<arch::native>(g.view(), g.view().nodes[0]);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().fault, graph_fault::scales_must_agree);
}

}  // namespace
