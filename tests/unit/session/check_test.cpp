// SPDX-License-Identifier: MIT
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/check.hpp>

#include "support/network_of.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

constexpr tensor_id input = 0, weights = 1, made = 2;

/// 'x' -> conv2d 'y' with weights 'w', s8.
graph_maker small_graph() {
  graph_maker g;
  g.activation({1, 2, 2, 2}, s8, {0.5f, 0}, "x");
  g.constant({3, 1, 1, 2}, s8, std::vector<std::byte>(6), {0.25f, 0}, "w");
  g.activation({1, 2, 2, 3}, s8, {0.5f, 0}, "y");
  g.add({.kind = op::conv2d, .source = 7}, {input, weights}, made);
  g.set_ends({input}, {made});
  return g;
}

template <class T>
void expect_error(result<T> const& checked, errc code, std::initializer_list<std::string_view> words) {
  ASSERT_FALSE(checked.has_value());
  EXPECT_EQ(static_cast<int>(checked.error().code), static_cast<int>(code)) << checked.error().message;
  EXPECT_TRUE(checked.error().message.starts_with("made.tflite: ")) << checked.error().message;
  for (std::string_view word : words)
    EXPECT_NE(checked.error().message.find(word), std::string::npos) << checked.error().message;
}

TEST(check_network, passes_what_is_sound) {
  EXPECT_TRUE(check_network(support::network_of(small_graph())).has_value());
}

TEST(check_network, refuses_a_broken_graph_and_says_where) {
  graph_maker g = small_graph();
  g.edges[g.nodes[0].inputs.first + 1] = 99;
  expect_error(check_network(support::network_of(g)), errc::invalid_graph, {"node 0", "operator 7", "99"});
  g = small_graph();
  g.output_edges = {2, 1000};
  expect_error(check_network(support::network_of(g)), errc::invalid_graph, {"outside the graph"});
}

TEST(check_network, refuses_every_other_number_of_bytes) {
  for (std::size_t bytes = 0; bytes < 12; ++bytes) {
    graph_maker g = small_graph();
    g.constants[weights].resize(bytes);
    auto const checked = check_network(support::network_of(g));
    if (bytes == 6) {
      EXPECT_TRUE(checked.has_value());
    } else {
      expect_error(checked, errc::invalid_graph, {"'w'", std::to_string(bytes) + " bytes", "asks for 6"});
    }
  }
}

TEST(check_network, an_activation_has_no_bytes) {
  graph_maker g = small_graph();
  g.constants[input].resize(8);
  expect_error(check_network(support::network_of(g)), errc::invalid_graph, {"'x'", "8 bytes", "asks for 0"});
}

TEST(check_network, a_list_of_constants_may_end_behind_the_last) {
  network net = support::network_of(small_graph());
  net.constants.resize(2);
  EXPECT_TRUE(check_network(net).has_value());
  net.constants.resize(1);
  expect_error(check_network(net), errc::invalid_graph, {"'w'", "0 bytes"});
}

TEST(plan_network, plans_what_is_sound) {
  auto const planned = plan_network<arch::scalar>(support::network_of(small_graph()));
  ASSERT_TRUE(planned.has_value()) << planned.error().message;
  EXPECT_EQ(planned->arena_bytes, 8 + 12);
  EXPECT_EQ(planned->planned_calls.size(), 1u);
}

TEST(plan_network, tells_what_is_missing_from_what_is_wrong) {
  graph_maker g = small_graph();
  g.at(made).type = s16;
  expect_error(plan_network<arch::scalar>(support::network_of(g)), errc::not_supported, {"node 0", "'y'"});
  g = small_graph();
  g.at(weights).quantization = {};
  expect_error(plan_network<arch::scalar>(support::network_of(g)), errc::invalid_graph, {"'w'", "scale"});
  graph_maker large;
  tensor_id const x = large.activation({1 << 15, 1 << 14}, f32, {}, "huge"),
                  y = large.activation({1 << 15, 1 << 14}, f32);
  large.add({.kind = op::logistic}, {x}, y);
  large.set_ends({x}, {y});
  expect_error(plan_network<arch::scalar>(support::network_of(large)), errc::too_large, {"'huge'"});
}

}  // namespace
