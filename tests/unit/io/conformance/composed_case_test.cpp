// SPDX-License-Identifier: MIT
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/conformance/composed_case.hpp>
#include <linnet/io/conformance/kernel_case.hpp>

#include "case_folder.hpp"

namespace {

using namespace linnet;
using io::conformance::judge_kernel_case;
using io::conformance::judged_case;
using io::conformance::verdict;

class composed_case : public case_folder {
 protected:
  [[nodiscard]] judged_case judged() const {
    write();
    return judge_kernel_case(folder_);
  }
  void reals(std::string const& role, std::vector<std::int64_t> const& shape,
             std::vector<float> const& values) {
    std::vector<int> bytes;
    for (float value : values) {
      for (int i = 0; i < 4; ++i)
        bytes.push_back(static_cast<int>(std::bit_cast<std::uint32_t>(value) >> 8 * i & 255));
    }
    array(role, "f32", shape, bytes);
  }
  /// Two channels and one, side by side.
  void become_concat() {
    description_["op"] = "concat";
    description_["variant"] = "f32";
    description_["attrs"] = {{"axis", 3}};
    reals("input1", {1, 1, 2, 2}, {1, 2, 4, 5});
    reals("input2", {1, 1, 2, 1}, {3, 6});
    reals("expected", {1, 1, 2, 3}, {1, 2, 3, 4, 5, 6});
  }
  /// The folder's convolution, 3 * x + 8, and then a mean of all pixels.
  void become_network() {
    description_["op"] = "network";
    auto const layer = [&](std::string const& stem, int size, int filter) {
      for (char const* name : {"STRIDE_H", "STRIDE_W", "DILATION_H", "DILATION_W", "IN_CH", "OUT_CH"})
        description_["raw_params"][stem + name] = 1;
      for (char const* name : {"PAD_H", "PAD_W", "INPUT_OFFSET"}) description_["raw_params"][stem + name] = 0;
      for (char const* name : {"FILTER_H", "FILTER_W"}) description_["raw_params"][stem + name] = filter;
      for (char const* name : {"INPUT_H", "INPUT_W"}) description_["raw_params"][stem + name] = size;
      for (char const* name : {"OUTPUT_H", "OUTPUT_W"})
        description_["raw_params"][stem + name] = size - filter + 1;
      description_["raw_params"][stem + "OUTPUT_OFFSET"] = 1;
      description_["raw_params"][stem + "OUT_ACTIVATION_MIN"] = -128;
      description_["raw_params"][stem + "OUT_ACTIVATION_MAX"] = 127;
    };
    layer("CONV_2D_1_", 2, 1);
    layer("AVERAGE_POOL_2D_12_", 2, 2);  // behind the other one, as numbers go
    auto& tensors = description_["tensors"];
    for (auto [role, name] : {std::pair{"weights", "layer_1_conv_2d_weights"},
                              {"bias", "layer_1_conv_2d_bias"},
                              {"output_multiplier", "layer_1_conv_2d_output_mult"},
                              {"output_shift", "layer_1_conv_2d_output_shift"}}) {
      tensors[name] = tensors[role];
      tensors.erase(role);
    }
    array("output_ref", "int8", {1, 1, 1, 1}, {16});  // of 11, 14, 17 and 20, halves away from zero
  }
};

TEST_F(composed_case, operands_side_by_side) {
  become_concat();
  EXPECT_EQ(judged().verdict, verdict::passed) << judged().reason;
  reals("expected", {1, 1, 2, 3}, {1, 2, 3, 4, 5, 7});
  EXPECT_EQ(judged().reason, "1 of 6 elements differ, the first is number 5");
}

TEST_F(composed_case, four_functions_of_one_input) {
  description_["op"] = "activation";
  description_["variant"] = "f32";
  description_["attrs"] = {{"leaky_relu_alpha", 0.125}};
  reals("input", {2}, {-2, 0});
  reals("output_ref_hardswish", {2}, {-1.0f / 3, 0});
  reals("output_ref_leaky_relu", {2}, {-0.25f, 0});
  reals("output_ref_sigmoid", {2}, {0.1192029f, 0.5f});
  reals("output_ref_tanh", {2}, {-0.9640276f, 0});
  EXPECT_EQ(judged().verdict, verdict::passed) << judged().reason;
  description_["attrs"] = {{"leaky_relu_alpha", 0.25}};
  EXPECT_EQ(judged().reason, "1 of 8 elements differ, the first is number 2");
}

TEST_F(composed_case, layers_one_behind_the_other) {
  become_network();
  EXPECT_EQ(judged().verdict, verdict::passed) << judged().reason;
  array("output_ref", "int8", {1, 1, 1, 1}, {15});
  EXPECT_EQ(judged().verdict, verdict::failed);
}

TEST_F(composed_case, names_what_a_network_lacks) {
  become_network();
  description_["raw_params"].erase("AVERAGE_POOL_2D_12_FILTER_W");
  EXPECT_EQ(judged().verdict, verdict::failed);
  EXPECT_NE(judged().reason.find("'raw_params.AVERAGE_POOL_2D_12_FILTER_W' is missing"), std::string::npos)
      << judged().reason;
  become_concat();
  description_["tensors"].erase("input2");
  EXPECT_NE(judged().reason.find("'tensors.input2.shape' is missing"), std::string::npos) << judged().reason;
  become_concat();
  description_["variant"] = "int8";
  EXPECT_EQ(judged().verdict, verdict::not_supported) << judged().reason;
}

}  // namespace
