// SPDX-License-Identifier: MIT
#include <string>

#include <gtest/gtest.h>

#include <linnet/graph/builder.hpp>
#include <linnet/session/comparison.hpp>

namespace {

using linnet::activation;

/// One network in two spellings.
linnet::dynamic_graph network(bool by_convolution, activation a = activation::relu) {
  linnet::basic_graph_builder<linnet::dynamic_graph> g;
  auto x = g.input({.height = 8, .width = 8, .channels = 3});
  if (by_convolution) {
    x = g.conv2d(x, {.filters = 4, .kernel = {3, 3}, .activation = a});
    x = g.conv2d(g.global_average_pool(x), {.filters = 5});
    return *g.finish(g.softmax(x));
  }
  x = g.pad(x, linnet::padding2d{1, 1, 1, 1});
  x = g.relu(g.conv2d(x, {.filters = 4, .kernel = {3, 3}, .border = linnet::border::valid}));
  return *g.finish(g.softmax(g.dense(g.flatten(g.average_pool2d(x, {.kernel = {8, 8}})), {.units = 5})));
}

TEST(comparison, two_spellings_of_a_network_are_equal) {
  auto const a = network(true), b = network(false);
  auto const same = linnet::compare_structure(a.view(), b.view());
  ASSERT_TRUE(same) << same.error().message;
  EXPECT_EQ(*same, 4u);
  EXPECT_EQ(linnet::normalized(b.view(), "b")->nodes.size(), 4u);
}

TEST(comparison, the_first_difference_is_a_sentence) {
  auto const a = network(true, activation::relu6), b = network(false);
  auto const same = linnet::compare_structure(a.view(), b.view());
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().message,
            "node 0 (conv2d) 'conv2d_0' against node 0 (conv2d) 'conv2d_1': the activation");
  EXPECT_EQ(same.error().code, linnet::errc::wrong_argument);
}

TEST(comparison, a_missing_node_is_named) {
  linnet::basic_graph_builder<linnet::dynamic_graph> g;
  auto const x = g.input({});
  auto const y = g.relu(x);
  auto const more = *g.finish(g.softmax(y));
  linnet::graph_difference const missing{.what = linnet::difference::node_missing, .other = 1};
  EXPECT_EQ(describe(missing, more.view(), more.view()), "node 1 (softmax) 'softmax_1': the number of nodes");
  linnet::graph_difference const ends{.what = linnet::difference::outputs};
  EXPECT_EQ(describe(ends, more.view(), more.view()), "the graph's outputs: their number, or who makes them");
}

}  // namespace
