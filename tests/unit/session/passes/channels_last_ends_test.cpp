// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/passes/channels_last_ends.hpp>
#include <linnet/session/session.hpp>

#include "support/float_network.hpp"
#include "support/network_of.hpp"
#include "support/random_source.hpp"

namespace {

using namespace linnet;
using support::float_maker;

constexpr std::int32_t channels = 3, height = 4, width = 5, filters = 2;

node transposing(std::array<std::int32_t, 4> const& axes, std::int32_t source = -1) {
  node n{.kind = op::transpose, .source = source};
  for (std::int32_t axis : axes) n.axes.push_back(axis);
  return n;
}
constexpr std::array<std::int32_t, 4> to_last{0, 2, 3, 1}, to_first{0, 3, 1, 2};

/// What an importer makes of a file that holds images as (N, C, H, W).
struct imported {
  float_maker g;
  tensor_id input, image, convolved, output;

  explicit imported(std::int32_t source = -1) {
    input = g.real({1, channels, height, width}, "in");
    image = g.node(transposing(to_last, source), {input}, {1, height, width, channels});
    support::random_source random(3);
    std::vector<float> weights;
    for (int i = 0; i < filters * 9 * channels; ++i)
      weights.push_back(static_cast<float>(random.real(-1, 1)));
    tensor_id const kernel = g.reals({filters, 3, 3, channels}, weights);
    convolved =
        g.node({.kind = op::conv2d, .window = {.kernel = {3, 3}, .padding = {1, 1, 1, 1}}, .source = 0},
               {image, kernel}, {1, height, width, filters});
    output = g.node(transposing(to_first, source), {convolved}, {1, filters, height, width}, "out");
    g.set_ends({input}, {output});
  }
  [[nodiscard]] network made() const { return support::network_of(g); }
};

std::vector<float> run(network const& net, std::vector<float> const& input, std::size_t output = 0) {
  auto made = session::create(net);
  if (!made) {
    ADD_FAILURE() << made.error().message;
    return {};
  }
  auto const to = *made->input().as<float>();
  EXPECT_EQ(to.size(), input.size());
  std::copy(input.begin(), input.end(), to.begin());
  made->run();
  auto const from = *made->output(output).as<float>();
  return {from.begin(), from.end()};
}

/// Element (y, x, c) of one layout from element (c, y, x) of the other.
std::vector<float> channels_last(std::vector<float> const& first, std::int32_t depth) {
  std::vector<float> last(first.size());
  std::size_t at = 0;
  for (std::int32_t c = 0; c < depth; ++c) {
    for (std::int32_t pixel = 0; pixel < height * width; ++pixel)
      last[static_cast<std::size_t>(pixel * depth + c)] = first[at++];
  }
  return last;
}

std::vector<float> noise() {
  support::random_source random(5);
  std::vector<float> values;
  for (int i = 0; i < channels * height * width; ++i)
    values.push_back(static_cast<float>(random.real(-1, 1)));
  return values;
}

shape shape_of(network const& net, tensor_id id) { return net.graph.view().tensor(id).shape; }

TEST(channels_last_ends, drops_both_transposes_and_computes_the_same) {
  network const before = imported().made(), after = channels_last_ends(before);
  ASSERT_EQ(after.graph.nodes.size(), 1u);
  EXPECT_EQ(shape_of(after, after.graph.view().inputs()[0]), (shape{1, height, width, channels}));
  EXPECT_EQ(shape_of(after, after.graph.view().outputs()[0]), (shape{1, height, width, filters}));
  EXPECT_EQ(run(after, channels_last(noise(), channels)), channels_last(run(before, noise()), filters));
}

TEST(channels_last_ends, keeps_operators_of_the_file) {
  network const before = imported(4).made(), after = channels_last_ends(before);
  EXPECT_EQ(after.graph.nodes.size(), 3u);
  EXPECT_EQ(run(after, noise()), run(before, noise()));
}

TEST(channels_last_ends, keeps_the_transpose_of_an_input_that_is_read_twice) {
  imported net;
  tensor_id const other =
      net.g.node({.kind = op::logistic, .source = 1}, {net.input}, {1, channels, height, width});
  net.g.set_ends({net.input}, {net.output, other});
  network const before = net.made(), after = channels_last_ends(before);
  ASSERT_EQ(after.graph.nodes.size(), 3u) << "only the output's went";
  EXPECT_EQ(shape_of(after, after.graph.view().inputs()[0]), (shape{1, channels, height, width}));
  EXPECT_EQ(run(after, noise()), channels_last(run(before, noise()), filters));
  EXPECT_EQ(run(after, noise(), 1), run(before, noise(), 1));
}

TEST(channels_last_ends, keeps_the_transpose_of_an_input_that_is_an_output_too) {
  imported net;
  net.g.set_ends({net.input}, {net.output, net.input});
  network const after = channels_last_ends(net.made());
  EXPECT_EQ(after.graph.nodes.size(), 2u);
  EXPECT_EQ(after.graph.view().inputs()[0], after.graph.view().outputs()[1]);
}

TEST(channels_last_ends, keeps_the_transpose_of_an_output_that_is_read_again) {
  imported net;
  tensor_id const more =
      net.g.node({.kind = op::logistic, .source = 1}, {net.output}, {1, filters, height, width});
  net.g.set_ends({net.input}, {net.output, more});
  network const before = net.made(), after = channels_last_ends(before);
  EXPECT_EQ(after.graph.nodes.size(), 3u) << "only the input's went";
  EXPECT_EQ(run(after, channels_last(noise(), channels)), run(before, noise()));
  EXPECT_EQ(run(after, channels_last(noise(), channels), 1), run(before, noise(), 1));
}

TEST(channels_last_ends, leaves_a_network_without_them_as_it_is) {
  network const before = channels_last_ends(imported().made()), after = channels_last_ends(before);
  EXPECT_EQ(after.graph.nodes, before.graph.nodes);
  EXPECT_EQ(run(after, noise()), run(before, noise()));
}

TEST(channels_last_ends, of_a_network_that_is_nothing_else) {
  float_maker g;
  tensor_id const x = g.real({1, channels, height, width});
  g.set_ends({x}, {g.node(transposing(to_last), {x}, {1, height, width, channels})});
  network const after = channels_last_ends(support::network_of(g));
  EXPECT_TRUE(after.graph.nodes.empty());
  EXPECT_EQ(after.graph.view().inputs()[0], after.graph.view().outputs()[0]);
}

}  // namespace
