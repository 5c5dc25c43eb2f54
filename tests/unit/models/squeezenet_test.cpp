// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/models/squeezenet.hpp>

#include "support/model_counts.hpp"

namespace {

using linnet::models::bypass;
using linnet::models::squeezenet_options;

consteval auto v1_0(squeezenet_options o) {
  linnet::graph_builder g;
  return *g.finish(linnet::models::squeezenet_1_0(g, o));
}
consteval auto v1_1(squeezenet_options o) {
  linnet::graph_builder g;
  return *g.finish(linnet::models::squeezenet_1_1(g, o));
}

// Parameters and multiplications as the authors' networks have them.
static_assert(parameters_of(v1_0({}).view()) == 1'248'424);
static_assert(macs_of(v1_0({}).view()) == 818'924'576);
static_assert(parameters_of(v1_1({}).view()) == 1'235'496);
static_assert(macs_of(v1_1({}).view()) == 349'151'936);

TEST(squeezenet, simple_bypass_adds_where_channels_agree) {
  auto const count_adds = [](auto const& made) {
    int adds = 0;
    for (auto const& n : made.nodes) adds += n.kind == linnet::op::add ? 1 : 0;
    return adds;
  };
  constexpr auto none = v1_0({}), simple = v1_0({.bypass = bypass::simple}),
                 complex = v1_0({.bypass = bypass::complex});
  EXPECT_EQ(count_adds(none), 0);
  EXPECT_EQ(count_adds(simple), 4);  // fire 3, 5, 7 and 9
  EXPECT_EQ(count_adds(complex), 8);
  EXPECT_EQ(parameters_of(simple.view()), parameters_of(none.view()));
  EXPECT_GT(parameters_of(complex.view()), parameters_of(none.view()));
}

TEST(squeezenet, small_pictures) {
  linnet::graph_builder g;
  auto const made =
      g.finish(linnet::models::squeezenet_1_1(g, {.resolution = 32, .classes = 10, .cifar = true}));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->view().output(made->nodes[made->nodes.size() - 1]).shape.elements(), 10);
}

}  // namespace
