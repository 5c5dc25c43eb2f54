// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/memory_text.hpp>

#include "support/composed_plan.hpp"
#include "support/graph_maker.hpp"
#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::graph_maker;

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string draw(graph_view const& g) {
  auto const plan = plan_graph<arch::scalar>(g);
  EXPECT_TRUE(plan.has_value());
  return memory_text(map_memory(g, *plan), "a model");
}

TEST(memory_text, of_a_chain_by_hand) {
  graph_maker g;
  tensor_id const x = g.activation({1, 4, 4, 2}, s8, {.scale = 1.0f, .zero_point = 0}, "x");
  tensor_id const y = g.activation({1, 2, 2, 2}, s8, {.scale = 1.0f, .zero_point = 0}, "y");
  tensor_id const z = g.activation({1, 8}, s8, {.scale = 1.0f, .zero_point = 0}, "z");
  node n{.kind = op::max_pool2d};
  n.window = {{2, 2}, {2, 2}, {1, 1}, {}};
  g.add(n, {x}, y);
  g.add({.kind = op::reshape}, {y}, z);
  g.set_ends({x}, {z});
  ASSERT_TRUE(g.check().has_value());
  EXPECT_EQ(draw(g.view()),
            "a model\n"
            "arena 40 bytes, lower bound 40, 2 nodes\n"
            "peak ▼ 0 max_pool2d: 40 bytes alive\n"
            "\n"
            "     offset       bytes   ▼   from..to   █ tensors, ▒ scratch\n"
            "          0          32  ██·· start..0   x\n"
            "         32           8  ·███ 0..end     y = z\n"
            "                  alive  ▇█▂▂\n");
}

TEST(memory_text, has_a_line_a_storage_in_the_order_of_addresses_and_at_most_100_columns) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_graph made(seed);
    graph_view const g = made.maker().view();
    auto const plan = plan_graph<arch::scalar>(g);
    ASSERT_TRUE(plan.has_value());
    auto const lines = lines_of(draw(g));
    ASSERT_EQ(lines.size(), plan->lives.size() + 6);
    std::int64_t last = 0;
    for (std::size_t i = 5; i + 1 < lines.size(); ++i) {
      std::string digits = lines[i].substr(0, 11);
      std::erase(digits, ',');
      EXPECT_GE(std::stoll(digits), last);
      last = std::stoll(digits);
    }
    for (std::string const& line : lines) EXPECT_LE(detail::characters_of(line), 100u);
  }
}

TEST(memory_text, of_hostile_names_has_no_control_characters) {
  graph_maker g;
  std::string const name("a\nb\x1B[2J\0\xFF", 9);
  tensor_id const x = g.activation({1, 4}, f32, {}, name + std::string(500, 'x'));
  g.set_ends({x}, {x});
  auto const plan = plan_graph<arch::scalar>(g.view());
  ASSERT_TRUE(plan.has_value());
  std::string const text = memory_text(map_memory(g.view(), *plan), name);
  for (std::string const& line : lines_of(text)) {
    EXPECT_EQ(printable(line, line.size() + 1), line);
    EXPECT_LE(detail::characters_of(line), 100u);
  }
}

TEST(memory_text, of_a_plan_by_rows_shows_rings_and_groups) {
  support::composed_plan const made("mobilenet_v2:0.35:96",
                                    {.policy = memory_policy::least_memory, .stream_input = true});
  memory_map const map = map_memory(made.graph(), made.plan);
  std::string const text = memory_text(map, "a model");
  auto const lines = lines_of(text);
  ASSERT_EQ(lines.size(), map.blocks.size() + summary_of(map.groups).size() + 9);
  std::size_t rings = 0;
  for (std::string const& line : lines) {
    EXPECT_LE(detail::characters_of(line), 100u);
    rings += line.find("▓") != line.npos ? 1u : 0u;
  }
  std::size_t wanted = 1;  // and the legend
  for (memory_block const& b : map.blocks) wanted += b.is_ring() && b.use != memory_use::scratch ? 1u : 0u;
  EXPECT_EQ(rings, wanted);
  EXPECT_NE(text.find(" 3/96 input_0\n"), text.npos);
  EXPECT_NE(text.find("nodes in " + grouped(map.steps()) + " steps, "), text.npos);
  EXPECT_NE(text.find("\n          0  0 conv2d to "), text.npos);
}

TEST(memory_text, of_an_empty_graph) {
  EXPECT_EQ(memory_text(map_memory({}, {}), "none"),
            "none\n"
            "arena 0 bytes, lower bound 0, 0 nodes\n"
            "peak ▼ start: 0 bytes alive\n"
            "\n"
            "     offset       bytes  ▼  from..to   █ tensors, ▒ scratch\n"
            "                  alive\n");
}

}  // namespace
