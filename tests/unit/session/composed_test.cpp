// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include <linnet/session/composed.hpp>

namespace {

using linnet::composed_network;

std::string why(std::string_view name) {
  auto const made = composed_network(name);
  EXPECT_FALSE(made) << name;
  return made ? "" : made.error().message;
}

TEST(composed, makes_networks_of_their_names) {
  struct wanted {
    char const* name;
    std::size_t nodes;
    std::int32_t resolution, classes;
  };
  for (wanted const& w : {wanted{"mobilenet_v2:1.0:224", 65, 224, 1000},
                          {"mobilenet_v2:0.35:96:10", 65, 96, 10},
                          {"mobilenet_v1:0.25:96:2", 30, 96, 2},
                          {"mobilenet_v1:1:32:1", 30, 32, 1},
                          {"squeezenet:1.0:224", 39, 224, 1000},
                          {"squeezenet:1.1:64:100000", 39, 64, 100000}}) {
    auto const made = composed_network(w.name);
    ASSERT_TRUE(made) << made.error().message;
    auto const g = made->graph.view();
    EXPECT_EQ(made->name, w.name);
    EXPECT_EQ(g.nodes.size(), w.nodes) << w.name;
    linnet::tensor_info const &in = g.tensor(g.inputs()[0]), &out = g.tensor(g.outputs()[0]);
    EXPECT_EQ(in.shape, (linnet::shape{1, w.resolution, w.resolution, 3})) << w.name;
    EXPECT_EQ(out.shape.back(0), w.classes) << w.name;
    EXPECT_EQ(in.type, linnet::s8);
    EXPECT_EQ(made->constants.size(), g.tensors.size());
  }
}

TEST(composed, has_the_same_weights_every_time) {
  auto const a = composed_network("mobilenet_v1:0.25:32:2"), b = composed_network("mobilenet_v1:0.25:32:2");
  ASSERT_TRUE(a && b);
  for (std::size_t i = 0; i < a->constants.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(a->constants[i], b->constants[i]));
}

TEST(composed, other_names_are_refused_with_those_that_there_are) {
  for (std::string_view const name : {"",
                                      ":",
                                      "::",
                                      "mobilenet_v2",
                                      "mobilenet_v2:1.0",
                                      "mobilenet_v2:1.0:224:10:7",
                                      "resnet:1.0:224",
                                      "mobilenet_v2:0:224",
                                      "mobilenet_v2:-1:224",
                                      "mobilenet_v2:4.01:224",
                                      "mobilenet_v2:nan:224",
                                      "mobilenet_v2:inf:224",
                                      "mobilenet_v2:wide:224",
                                      "mobilenet_v2:1.0x:224",
                                      "mobilenet_v2::224",
                                      "mobilenet_v2:1.0:31",
                                      "mobilenet_v2:1.0:1025",
                                      "mobilenet_v2:1.0:99999999999",
                                      "mobilenet_v2:1.0:",
                                      "mobilenet_v2:1.0:224:0",
                                      "mobilenet_v2:1.0:224:100001",
                                      "mobilenet_v2:1.0:224:",
                                      "squeezenet:1.2:224",
                                      "squeezenet:1:224",
                                      "C:\\model.tflite"}) {
    EXPECT_NE(why(name).find("names no composed network"), std::string::npos) << name;
    EXPECT_NE(why(name).find("squeezenet:1.1:RESOLUTION"), std::string::npos) << name;
  }
  EXPECT_NE(why("resnet:1.0:224").find("the family is 'resnet'"), std::string::npos);
  EXPECT_NE(why("mobilenet_v2:1.0:31").find("the resolution is '31'"), std::string::npos);
}

TEST(composed, what_no_layer_can_compute_is_said_with_its_node) {
  EXPECT_NE(why("mobilenet_v1:0.01:96").find("node 0 (conv2d)"), std::string::npos);
  EXPECT_EQ(composed_network("mobilenet_v1:0.01:96").error().code, linnet::errc::invalid_graph);
}

}  // namespace
