// SPDX-License-Identifier: MIT
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <linnet/graph/validate.hpp>
#include <linnet/io/load.hpp>
#include <linnet/models/mobilenet.hpp>
#include <linnet/models/squeezenet.hpp>
#include <linnet/session/comparison.hpp>

#include "zoo.hpp"

// The networks composed from their papers against files that others exported: node by node the same.
namespace {

using linnet::models::mobilenet_options;
using builder = linnet::basic_graph_builder<linnet::dynamic_graph>;

/// How many nodes of a zoo's model equal the composed network's; all of them, or the test fails.
template <class Compose>
std::size_t equal_nodes(std::string const& file, Compose compose) {
  auto const read = linnet::load_network(golden::zoo() / "models" / file);
  EXPECT_TRUE(read) << read.error().message;
  builder g;
  auto const composed = g.finish(compose(g));
  EXPECT_TRUE(composed);
  if (!read || !composed) return 0;
  auto const same = linnet::compare_structure(composed->view(), read->graph.view());
  EXPECT_TRUE(same) << file << ": " << same.error().message;
  if (!same) return 0;
  std::cout << "  " << *same << " nodes equal, in all their attributes: " << file << "\n";
  return *same;
}

auto mobilenet_v1(mobilenet_options const& o) {
  return [o](builder& g) { return linnet::models::mobilenet_v1(g, o); };
}
auto mobilenet_v2(mobilenet_options const& o) {
  return [o](builder& g) { return linnet::models::mobilenet_v2(g, o); };
}

TEST(golden, structure) {
  GOLDEN_REQUIRE_ZOO();
  EXPECT_EQ(equal_nodes("tflite/coral/tf2_mobilenet_v2_1.0_224_ptq.tflite",
                        mobilenet_v2({.classes = 1001, .type = linnet::s8})),
            65u);
  // MLPerf Tiny's person detector: MobileNetV1 with relu in place of relu6.
  mobilenet_options const vww{.width = 0.25,
                              .resolution = 96,
                              .classes = 2,
                              .type = linnet::s8,
                              .activation = linnet::activation::relu};
  EXPECT_EQ(equal_nodes("tflite/mlperf_tiny/vww_96_int8.tflite", mobilenet_v1(vww)), 30u);
  mobilenet_options const gray{
      .width = 0.25, .resolution = 96, .channels = 1, .classes = 2, .type = linnet::s8};
  EXPECT_EQ(equal_nodes("tflite/tflm/person_detect.tflite", mobilenet_v1(gray)), 30u);
  EXPECT_EQ(
      equal_nodes("tflite/coral/mobilenet_v1_0.25_128_quant.tflite",
                  mobilenet_v1({.width = 0.25, .resolution = 128, .classes = 1001, .type = linnet::u8})),
      30u);
  EXPECT_EQ(equal_nodes("tflite/coral/mobilenet_v2_1.0_224_quant.tflite",
                        mobilenet_v2({.classes = 1001, .type = linnet::u8})),
            65u);
}

#if defined(LINNET_WITH_ONNX)
TEST(golden, structure_of_squeezenet) {
  GOLDEN_REQUIRE_ZOO();
  EXPECT_EQ(
      equal_nodes("onnx/squeezenet1.1_imagenet.onnx",
                  [](builder& g) { return linnet::models::squeezenet_1_1(g, {.classifier_border = 1}); }),
      39u);
}
#endif

// The normal form is valid, and its own normal form, whatever exporter wrote the file.
TEST(golden, structure_is_a_normal_form) {
  GOLDEN_REQUIRE_ZOO();
  int models = 0;
  for (auto const& entry : std::filesystem::recursive_directory_iterator(golden::zoo() / "models")) {
    if (entry.path().extension() != ".tflite") continue;
    auto const read = linnet::load_network(entry.path());
    if (!read) continue;  // golden.models says which operators are missing
    auto const once = linnet::normalized(read->graph.view(), entry.path().string());
    ASSERT_TRUE(once) << once.error().message;
    std::unique_ptr<bool[]> const made(new bool[once->tensors.size()]());
    auto const valid = linnet::validate(once->view(), {made.get(), once->tensors.size()});
    EXPECT_TRUE(valid) << linnet::describe(valid.error(), once->view(), entry.path().string());
    auto const same = linnet::compare_structure(once->view(), read->graph.view());
    ASSERT_TRUE(same) << entry.path() << ": " << same.error().message;
    EXPECT_EQ(*same, once->nodes.size()) << entry.path();
    ++models;
  }
  EXPECT_GE(models, 28);
}

TEST(golden, structure_tells_networks_apart) {
  GOLDEN_REQUIRE_ZOO();
  auto const read = linnet::load_network(golden::zoo() / "models/tflite/mlperf_tiny/vww_96_int8.tflite");
  ASSERT_TRUE(read);
  builder g;
  auto const composed = g.finish(
      linnet::models::mobilenet_v1(g, {.width = 0.25, .resolution = 96, .classes = 2, .type = linnet::s8}));
  ASSERT_TRUE(composed);
  auto const same = linnet::compare_structure(composed->view(), read->graph.view());
  ASSERT_FALSE(same);
  EXPECT_NE(same.error().message.find("node 0 (conv2d) 'conv2d_0' against node 0"), std::string::npos);
  EXPECT_NE(same.error().message.find("the activation"), std::string::npos) << same.error().message;
}

}  // namespace
