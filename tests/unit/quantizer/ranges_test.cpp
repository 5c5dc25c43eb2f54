// SPDX-License-Identifier: MIT
#include <string>

#include <gtest/gtest.h>

#include <linnet/quantizer/ranges.hpp>

#include "support/float_network.hpp"
#include "support/network_of.hpp"

namespace {

using namespace linnet;

network one_relu(char const* input, std::int32_t width, bool second = false) {
  support::float_maker g;
  auto const x = g.real({1, width}, input);
  auto const y = g.node({.kind = op::relu}, {x}, {1, width}, "relu");
  if (second) g.real({1}, "more");
  g.set_ends({x}, {y});
  return support::network_of(g, "net.tflite");
}

std::string refusal(network const& net, activation_ranges const& ranges) {
  auto const done = require_ranges_of(net, ranges);
  EXPECT_EQ(done ? errc::wrong_argument : done.error().code, errc::wrong_argument);
  return done ? std::string() : done.error().message;
}

TEST(ranges, start_unseen_with_the_names_and_shapes_of_the_graph) {
  activation_ranges const ranges = no_ranges(one_relu("x", 3));
  EXPECT_EQ(ranges.network, "net.tflite");
  EXPECT_EQ(ranges.runs, 0);
  ASSERT_EQ(ranges.tensors.size(), 2u);
  EXPECT_EQ(ranges.tensors[1].name, "relu");
  EXPECT_EQ(ranges.tensors[1].shape, (shape{1, 3}));
  EXPECT_FALSE(ranges.tensors[1].seen);
}

TEST(ranges, of_another_network_are_refused) {
  activation_ranges ranges = no_ranges(one_relu("x", 3));
  EXPECT_EQ(refusal(one_relu("x", 3), ranges), "net.tflite: calibration has seen no input");
  ranges.runs = 1;
  EXPECT_EQ(refusal(one_relu("x", 3), ranges), "");
  std::string const whose = "net.tflite: the ranges are those of another network, 'net.tflite': ";
  EXPECT_EQ(refusal(one_relu("x", 4), ranges), whose + "tensor 'x' (1x4) was 'x' (1x3)");
  EXPECT_EQ(refusal(one_relu("z", 3), ranges), whose + "tensor 'z' (1x3) was 'x' (1x3)");
  EXPECT_EQ(refusal(one_relu("x", 3, true), ranges), whose + "of 2 tensors, not 3");
}

}  // namespace
