// SPDX-License-Identifier: MIT
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/knee_picture.hpp>

#include "support/composed_plan.hpp"
#include "support/plain_xml.hpp"

namespace {

using namespace linnet;
using support::composed_plan;
using support::xml_element;

memory_knee some_knee() {
  composed_plan const made("mobilenet_v2:0.35:96", {.policy = memory_policy::least_memory});
  return knee_of(made.plan.rows.problem());
}

/// The points of a picture, which is held against its outermost rules.
std::vector<xml_element> points_of(std::string const& svg) {
  support::xml_reader reader(svg);
  xml_element const root = reader.read();
  EXPECT_EQ(reader.fault(), "");
  EXPECT_EQ(root.name, "svg");
  std::vector<xml_element> points;
  for (xml_element const& e : root.children) {
    EXPECT_NE(e.name, "script");
    if (e.name == "g" && e.attributes.at("class") == "point") points.push_back(e);
  }
  return points;
}

TEST(knee_picture, has_a_point_a_setting_as_high_as_its_arena) {
  memory_knee const knee = some_knee();
  auto const points = points_of(knee_svg(knee, "a model"));
  ASSERT_EQ(points.size(), knee.by_length.size() + knee.by_strip.size());
  double before = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    bool const of_length = i < knee.by_length.size();
    auto const& curve = of_length ? knee.by_length : knee.by_strip;
    std::size_t const at = of_length ? i : i - knee.by_length.size();
    EXPECT_NE(points[i].children[0].text.find("arena " + grouped(curve[at].arena_bytes)), std::string::npos);
    double const y = std::stod(points[i].children[1].attributes.at("y"));
    if (at > 0) {
      EXPECT_EQ(y > before, curve[at].arena_bytes < curve[at - 1].arena_bytes);
    }
    before = y;
  }
}

TEST(knee_picture, says_what_the_axes_are) {
  std::string const svg = knee_svg(some_knee(), "a model");
  for (char const* words :
       {"at most so many nodes a group", "rows a step", ">any<", ">weights read<", "arena, bytes"})
    EXPECT_NE(svg.find(words), svg.npos) << words;
}

TEST(knee_picture, hostile_names_stay_character_data) {
  std::string const name = "</svg><script>alert(1)</script>\x01\xFF";
  std::string const svg = knee_svg(some_knee(), name);
  EXPECT_FALSE(points_of(svg).empty());
  EXPECT_EQ(svg.find("<script"), svg.npos);
}

TEST(knee_picture, of_nothing) {
  EXPECT_TRUE(points_of(knee_svg({}, "")).empty());
  EXPECT_EQ(points_of(knee_svg(knee_of({}), "")).size(), knee_lengths.size() + knee_strips.size());
}

}  // namespace
