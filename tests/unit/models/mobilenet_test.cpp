// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/models/mobilenet.hpp>

#include "support/model_counts.hpp"

namespace {

using linnet::models::mobilenet_options;

consteval auto v1(mobilenet_options o) {
  linnet::graph_builder g;
  return *g.finish(linnet::models::mobilenet_v1(g, o));
}
consteval auto v2(mobilenet_options o) {
  linnet::graph_builder g;
  return *g.finish(linnet::models::mobilenet_v2(g, o));
}

// Parameters and multiplications as the authors' implementations count them.
constexpr auto v2_full = v2({});
static_assert(macs_of(v2_full.view()) == 300'774'272);
static_assert(parameters_of(v2_full.view()) == 3'487'816);
static_assert(unfolded_parameters_of(v2({.classes = 10}).view()) == 2'270'794);
static_assert(v2_full.nodes.size() == 52 + 10 + 3);

constexpr auto v1_full = v1({});
static_assert(macs_of(v1_full.view()) == 568'740'352);
static_assert(unfolded_parameters_of(v1_full.view()) == 4'253'864);

TEST(mobilenet, channels_are_multiples_of_eight) {
  for (std::int32_t channels = 8; channels <= 1280; ++channels) {
    for (double width : {0.25, 0.35, 0.5, 0.75, 1.0, 1.3, 1.4}) {
      std::int32_t const scaled = linnet::models::scaled_channels(channels, width);
      EXPECT_EQ(scaled % 8, 0);
      EXPECT_GE(scaled, 8);
      EXPECT_GE(scaled, 0.9 * channels * width);
      EXPECT_LE(scaled, std::max(8.0, channels * width + 8));
    }
  }
}

TEST(mobilenet, widths_and_resolutions_end_in_their_classes) {
  for (bool cifar : {false, true}) {
    linnet::graph_builder g;
    auto const made = g.finish(linnet::models::mobilenet_v2(
        g, {.width = 0.35, .resolution = cifar ? 32 : 96, .classes = 7, .type = linnet::s8, .cifar = cifar}));
    ASSERT_TRUE(made);
    auto const& last = made->nodes[made->nodes.size() - 1];
    EXPECT_EQ(made->view().output(last).shape, (linnet::shape{1, 7}));
    // The last map is 3x3 of 96, and 4x4 of 32 where the first strides are 1.
    auto const& pooled = made->view().input(made->nodes[made->nodes.size() - 3]).shape;
    EXPECT_EQ(pooled[1], cifar ? 4 : 3);
  }
}

}  // namespace
