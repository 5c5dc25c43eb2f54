// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/memory_picture.hpp>

#include "support/composed_plan.hpp"
#include "support/graph_maker.hpp"
#include "support/plain_xml.hpp"
#include "support/random_graph.hpp"

namespace {

using namespace linnet;
using support::graph_maker;
using support::xml_element;

/// A rectangle in hundredths of a pixel.
struct box {
  std::int64_t left = 0, top = 0, right = 0, bottom = 0;
};

struct picture {
  xml_element root;
  std::vector<xml_element> blocks;
  std::vector<box> boxes;  // of the blocks
  box peak;                // the first one: the legend has another
};

bool has_class(xml_element const& e, std::string const& wanted) {
  auto const found = e.attributes.find("class");
  return found != e.attributes.end() &&
         (" " + found->second + " ").find(" " + wanted + " ") != std::string::npos;
}

box box_of(xml_element const& rect) {
  auto const number = [&](char const* name) -> std::int64_t {
    return std::llround(std::stod(rect.attributes.at(name)) * 100);
  };
  std::int64_t const x = number("x"), y = number("y");
  return {x, y, x + number("width"), y + number("height")};
}

picture read(std::string const& svg) {
  support::xml_reader reader(svg);
  picture p;
  p.root = reader.read();
  EXPECT_EQ(reader.fault(), "");
  EXPECT_EQ(p.root.name, "svg");
  bool peak_seen = false;
  for (xml_element const& e : p.root.children) {
    EXPECT_NE(e.name, "script");
    if (e.name == "rect" && has_class(e, "peak") && !peak_seen) {
      p.peak = box_of(e);
      peak_seen = true;
    }
    if (!has_class(e, "block")) continue;
    p.blocks.push_back(e);
    for (xml_element const& child : e.children) {
      if (child.name == "rect") p.boxes.push_back(box_of(child));
    }
  }
  EXPECT_TRUE(peak_seen);
  EXPECT_EQ(p.boxes.size(), p.blocks.size());
  return p;
}

picture draw(graph_view const& g, std::string const& title = "a model") {
  auto const plan = plan_graph<arch::scalar>(g);
  EXPECT_TRUE(plan.has_value());
  return read(memory_svg(map_memory(g, *plan), title));
}

/// x, and what a row of nodes that cannot work in place makes of it.
graph_maker chain(int nodes, std::string const& name) {
  graph_maker g;
  tensor_id const x = g.activation({1, 4, 4, 2}, s8, {.scale = 0.5f, .zero_point = 0}, name);
  tensor_id last = x;
  for (int i = 0; i < nodes; ++i) {
    tensor_id const next = g.activation({1, 4, 4, 2}, s8, {.scale = 0.5f, .zero_point = 0},
                                        name.empty() ? "" : name + std::to_string(i));
    node n{.kind = op::max_pool2d};
    n.window = {{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}};
    g.add(n, {last}, next);
    last = next;
  }
  g.set_ends({x}, {last});
  return g;
}

TEST(memory_picture, shows_every_storage_once) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_graph made(seed);
    graph_view const g = made.maker().view();
    auto const plan = plan_graph<arch::scalar>(g);
    ASSERT_TRUE(plan.has_value());
    memory_map const map = map_memory(g, *plan);
    picture const p = read(memory_svg(map, "a model"));
    ASSERT_EQ(p.blocks.size(), plan->lives.size());
    for (std::size_t i = 0; i < p.blocks.size(); ++i) {
      ASSERT_EQ(p.blocks[i].children[0].name, "title");
      std::string const& tooltip = p.blocks[i].children[0].text;
      for (std::string const& name : map.blocks[i].names) EXPECT_NE(tooltip.find(name + "\n"), tooltip.npos);
      EXPECT_NE(tooltip.find(grouped(plan->lives[i].bytes) + " bytes at " + grouped(plan->offsets[i])),
                tooltip.npos);
    }
  }
}

TEST(memory_picture, blocks_that_are_alive_together_never_overlap) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_graph made(seed);
    picture const p = draw(made.maker().view());
    for (std::size_t i = 0; i < p.boxes.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        box const &a = p.boxes[i], &b = p.boxes[j];
        bool const overlap = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        EXPECT_FALSE(overlap) << "seed " << seed << ", blocks " << i << " and " << j;
      }
    }
  }
}

TEST(memory_picture, marks_the_column_that_most_of_the_blocks_fill) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_graph made(seed);
    picture const p = draw(made.maker().view());
    std::int64_t const width = p.peak.right - p.peak.left, left = p.boxes[0].left;
    ASSERT_GT(width, 0);
    auto const filled = [&](std::int64_t x) {
      std::int64_t sum = 0;
      for (box const& b : p.boxes) sum += b.left <= x && x < b.right ? b.bottom - b.top : 0;
      return sum;
    };
    EXPECT_EQ((p.peak.left - left) % width, 0);
    std::int64_t end = 0;
    for (box const& b : p.boxes) end = std::max(end, b.right);
    auto const rounding = static_cast<std::int64_t>(p.boxes.size());
    for (std::int64_t x = left; x < end; x += width) EXPECT_LE(filled(x), filled(p.peak.left) + rounding);
  }
}

TEST(memory_picture, hostile_names_stay_character_data) {
  std::string const names[] = {"</svg><script>alert(1)</script>",
                               "]]>&amp;&#0;&\"'<!--",
                               std::string("nul\0bell\a\x1B[31m", 14),
                               "\xFF\xC0\xAF\xED\xA0\x80\xEF\xBF\xBF\xF4",
                               std::string(100000, 'x'),
                               "\xE5\xB1\xA4\xE2\x80\xAE"};
  for (std::string const& name : names) {
    for (int nodes : {1, 12}) {
      graph_maker const g = chain(nodes, name);
      auto const plan = plan_graph<arch::scalar>(g.view());
      ASSERT_TRUE(plan.has_value());
      std::string const svg = memory_svg(map_memory(g.view(), *plan), name);
      EXPECT_EQ(read(svg).blocks.size(), static_cast<std::size_t>(nodes) + 1);
      EXPECT_EQ(svg.find("<script"), svg.npos);
      EXPECT_EQ(printable(svg, svg.size() + 1).size(), svg.size()) << "all of it is UTF-8";
      EXPECT_LT(svg.size(), 40000u);
    }
  }
}

TEST(memory_picture, of_an_empty_graph) {
  picture const p = read(memory_svg(map_memory({}, {}), ""));
  EXPECT_TRUE(p.blocks.empty());
}

TEST(memory_picture, of_two_hundred_nodes_keeps_its_size) {
  picture const p = draw(chain(200, "layer").view());
  EXPECT_EQ(p.blocks.size(), 201u);
  std::int64_t const width = std::stoll(p.root.attributes.at("width"));
  EXPECT_LE(width, 2000);
  for (box const& b : p.boxes) EXPECT_TRUE(b.left >= 0 && b.right <= width * 100 && b.right - b.left >= 600);
}

TEST(memory_picture, is_the_same_every_time) {
  graph_maker const g = chain(9, "layer");
  auto const a = plan_graph<arch::scalar>(g.view()), b = plan_graph<arch::scalar>(g.view());
  EXPECT_EQ(memory_svg(map_memory(g.view(), *a), "m"), memory_svg(map_memory(g.view(), *b), "m"));
}

/// Where a path of upper-case commands M, H, V and Z goes: the box around it.
box around(std::string const& path) {
  box b{.left = 1 << 30, .top = 1 << 30, .right = -1, .bottom = -1};
  bool across = true;
  for (std::size_t at = 0; at < path.size();) {
    char const c = path[at];
    if (c == 'M' || c == 'H' || c == 'V') across = c != 'V';
    if (c == ' ') across = false;  // the second number of M
    if (c < '0' || c > '9') {
      ++at;
      continue;
    }
    std::size_t used = 0;
    std::int64_t const value = std::llround(std::stod(path.substr(at), &used) * 100);
    at += used;
    (across ? b.left : b.top) = std::min(across ? b.left : b.top, value);
    (across ? b.right : b.bottom) = std::max(across ? b.right : b.bottom, value);
  }
  return b;
}

constexpr plan_options least{.policy = memory_policy::least_memory};
constexpr plan_options streamed{.policy = memory_policy::least_memory, .stream_input = true};

xml_element read_rows(std::string const& svg) {
  support::xml_reader reader(svg);
  xml_element root = reader.read();
  EXPECT_EQ(reader.fault(), "");
  EXPECT_LE(std::stoi(root.attributes.at("width")), 1510);
  return root;
}

std::vector<xml_element> with_class(xml_element const& root, std::string const& wanted) {
  std::vector<xml_element> found;
  std::ranges::copy_if(root.children, std::back_inserter(found),
                       [&](xml_element const& e) { return has_class(e, wanted); });
  return found;
}

TEST(memory_picture, of_a_plan_by_rows_hatches_rings_and_marks_groups) {
  for (plan_options const& options : {least, streamed}) {
    support::composed_plan const made("mobilenet_v2:0.35:96", options);
    memory_map const map = map_memory(made.graph(), made.plan);
    std::string const svg = memory_svg(map, "a model");
    xml_element const root = read_rows(svg);
    auto const blocks = with_class(root, "block");
    ASSERT_EQ(blocks.size(), map.blocks.size());
    auto const rings = std::ranges::count_if(map.blocks, [](memory_block const& b) { return b.is_ring(); });
    EXPECT_GT(rings, 20);
    EXPECT_EQ(std::ranges::count_if(blocks, [](xml_element const& e) { return has_class(e, "ring"); }),
              rings);
    EXPECT_NE(svg.find(".ring .bytes{fill:url(#ring)}"), svg.npos);
    EXPECT_NE(svg.find("<pattern id=\"ring\""), svg.npos);
    EXPECT_EQ(with_class(root, "group").size(), map.groups.size() + 1);  // and the legend's
    EXPECT_NE(svg.find("a ring of 3 of "), svg.npos);
    EXPECT_NE(svg.find(in_words(map.groups[0])), svg.npos);
  }
}

/// The arena's line is at the top of the plot, address 0 where the grid begins.
TEST(memory_picture, blocks_of_a_plan_by_rows_lie_inside_the_arena) {
  for (plan_options const& options : {least, streamed}) {
    support::composed_plan const made("mobilenet_v2:0.35:96", options);
    memory_map const map = map_memory(made.graph(), made.plan);
    xml_element const root = read_rows(memory_svg(map, "a model"));
    box const top = around(with_class(root, "arena")[0].attributes.at("d"));
    box const ground = around(with_class(root, "grid")[0].attributes.at("d"));
    box all{.left = 1 << 30, .top = 1 << 30, .right = -1, .bottom = -1};
    for (xml_element const& block : with_class(root, "block")) {
      box const b = around(block.children[1].attributes.at("d"));
      EXPECT_TRUE(b.left >= ground.left && b.right <= ground.right && b.left < b.right);
      EXPECT_TRUE(b.top >= top.top && b.bottom <= ground.top && b.top < b.bottom);
      all.top = std::min(all.top, b.top);
      all.bottom = std::max(all.bottom, b.bottom);
    }
    EXPECT_EQ(all.top, top.top);
    EXPECT_EQ(all.bottom, ground.top);
    auto const texts = with_class(root, "bound-text");
    ASSERT_EQ(texts.size(), 1u);
    EXPECT_EQ(texts[0].text, "lower bound " + grouped(map.alive_at(map.peak)));
  }
}

TEST(memory_picture, before_and_after_share_the_scale_of_addresses) {
  support::composed_plan const before("mobilenet_v2:0.35:96"), after("mobilenet_v2:0.35:96", least);
  memory_map const a = map_memory(before.graph(), before.plan), b = map_memory(after.graph(), after.plan);
  xml_element const root = read_rows(memory_svg({a, b, "layer_by_layer", "least_memory"}, "a model"));
  EXPECT_EQ(with_class(root, "block").size(), a.blocks.size() + b.blocks.size());
  auto const arenas = with_class(root, "arena");
  auto const grid = with_class(root, "grid");
  ASSERT_EQ(arenas.size(), 2u);
  box const left = around(arenas[0].attributes.at("d")), right = around(arenas[1].attributes.at("d"));
  EXPECT_LT(left.right, right.left);
  std::int64_t const ground = around(grid[0].attributes.at("d")).top;
  auto const height = [&](std::int64_t y) { return static_cast<double>(ground - y); };
  EXPECT_NEAR(height(left.top) / height(right.top),
              static_cast<double>(a.arena_bytes) / static_cast<double>(b.arena_bytes), 0.01);
  EXPECT_EQ(with_class(root, "bound").size(), 2u);
  EXPECT_EQ(with_class(root, "alive").size(), 2u);
}

TEST(memory_picture, of_random_graphs_by_rows_is_sound) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    support::random_graph made(seed);
    graph_view const g = made.maker().view();
    auto const plan = plan_graph<arch::scalar>(g, least);
    ASSERT_TRUE(plan.has_value());
    memory_map const map = map_memory(g, *plan);
    xml_element const root = read_rows(memory_svg(map, "</svg>\x01"));
    EXPECT_EQ(with_class(root, "block").size(), map.blocks.size()) << "seed " << seed;
  }
}

TEST(memory_picture, axis_ticks_are_round_and_few) {
  EXPECT_EQ(detail::axis_ticks(0), (std::vector<std::int64_t>{0}));
  EXPECT_EQ(detail::axis_ticks(7), (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(detail::axis_ticks(1505280),
            (std::vector<std::int64_t>{0, 200000, 400000, 600000, 800000, 1000000, 1200000, 1400000}));
  for (std::int64_t most = 1; most < 5000; ++most) EXPECT_LE(detail::axis_ticks(most).size(), 8u);
}

}  // namespace
