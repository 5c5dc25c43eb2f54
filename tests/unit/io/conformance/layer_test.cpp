// SPDX-License-Identifier: MIT
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include <linnet/io/conformance/layer.hpp>
#include <linnet/io/conformance/read.hpp>
#include <linnet/runtime/whole_layer.hpp>

#include "case_folder.hpp"

namespace {

using namespace linnet;
namespace conformance = io::conformance;

class conformance_layer : public case_folder {
 protected:
  result<conformance::layer> layer() const {
    write();
    auto const read = conformance::read_case(folder_);
    EXPECT_TRUE(read) << read.error().message;
    if (!read) return unexpected<error>(read.error());
    return conformance::layer_of(*read);
  }
  void expect_failure(errc code, std::string const& field) const {
    auto const made = layer();
    ASSERT_FALSE(made) << "was taken; wanted: " << field;
    EXPECT_EQ(made.error().code, code) << made.error().message;
    EXPECT_NE(made.error().message.find("case.json: field '" + field + "'"), std::string::npos)
        << made.error().message;
  }
  /// Each change alone spoils the field that it names.
  using change = std::pair<std::string, std::function<void()>>;
  void expect_failures(errc code, std::initializer_list<change> changes) {
    auto const whole = description_;
    for (auto const& [field, spoil] : changes) {
      description_ = whole;
      spoil();
      expect_failure(code, field);
    }
    description_ = whole;
  }
  nlohmann::json& attribute(char const* name) { return description_["attrs"][name]; }
  nlohmann::json& quantity(char const* name) { return description_["quant"][name]; }

  void become(char const* op, nlohmann::json const& attributes = nlohmann::json::object()) {
    description_["op"] = op;
    description_["attrs"] = attributes;
  }
};

TEST_F(conformance_layer, a_convolution_as_stated) {
  auto const made = layer();
  ASSERT_TRUE(made) << made.error().message;
  auto const& p = std::get<kernels::conv2d::problem>(made->problem);
  EXPECT_EQ(p.input, (image_shape{1, 2, 2, 1}));
  EXPECT_EQ(p.output, (image_shape{1, 2, 2, 1}));
  EXPECT_EQ(p.output_quantization.zero_point, 1);
  EXPECT_EQ(p.bounds.low, -128);
  EXPECT_EQ(made->multipliers, (std::vector<multiplier>{{1 << 30, 1}}));
  layer_needs const needs = needs_of_layer<arch::native>(p);
  std::vector<std::byte> packed(static_cast<std::size_t>(needs.packed_bytes)),
      scratch(static_cast<std::size_t>(needs.scratch_bytes)), output(4);
  std::vector<kernels::input_row> window(static_cast<std::size_t>(needs.window_entries));
  plain_layer const plain{.inputs = {made->inputs[0].data(), nullptr},
                          .output = output.data(),
                          .constants = {.weights = made->weights,
                                        .bias = made->bias,
                                        .weight_scales = {},
                                        .multipliers = made->multipliers},
                          .groups = 1};
  ASSERT_TRUE((run_layer<std::uint16_t, arch::native>(p, plain, {packed, scratch, window}).done()));
  EXPECT_TRUE(output == made->expected);
}

/// 1.5, -2, 0.25 and 2^-24, the weight 2 and the bias 0.5: halves become floats, everything else stays.
TEST_F(conformance_layer, float16_is_widened) {
  description_["variant"] = "f16";
  description_["quant"] = {{"activation_min", -1e30}, {"activation_max", 1e30}};
  description_["tensors"] = nlohmann::json::object();
  array("input", "f16", {1, 2, 2, 1}, {0, 0x3E, 0, 0xC0, 0, 0x34, 1, 0});
  array("weights", "f16", {1, 1, 1, 1}, {0, 0x40});
  array("bias", "f16", {1}, {0, 0x38});
  array("expected", "f16", {1, 2, 2, 1}, {0, 0x43, 0, 0xC3, 0, 0x3C, 0, 0x38});
  auto const made = layer();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(std::get<kernels::conv2d::problem>(made->problem).weight_type, f32);
  EXPECT_EQ(made->type, f32);
  EXPECT_EQ(made->tolerance.relative, 3e-2);
  float const inputs[] = {1.5f, -2.0f, 0.25f, 0x1p-24f};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(load<float>(made->inputs[0].data() + 4 * i), inputs[i]);
  EXPECT_EQ(load<float>(made->weights.data()), 2.0f);
  EXPECT_EQ(load<float>(made->bias.data()), 0.5f);
}

TEST_F(conformance_layer, groups_are_parts_of_every_pixel) {
  array("input", "int8", {1, 1, 1, 4}, {1, 2, 3, 4});
  array("weights", "int8", {2, 1, 1, 2}, {1, 1, 1, 1});
  array("expected", "int8", {1, 1, 1, 2}, {0, 0});
  array("bias", "int32", {2}, {0, 0, 0, 0, 0, 0, 0, 0});
  array("output_multiplier", "int32", {2}, {0, 0, 0, 0x40, 0, 0, 0, 0x40});
  array("output_shift", "int32", {2}, {1, 0, 0, 0, 1, 0, 0, 0});
  attribute("groups") = 2;
  auto const made = layer();
  ASSERT_TRUE(made) << made.error().message;
  auto const& p = std::get<kernels::conv2d::problem>(made->problem);
  EXPECT_EQ(made->groups, 2);
  EXPECT_EQ(p.input.channels, 2);
  EXPECT_EQ(p.output.channels, 1);
  attribute("groups") = 3;
  expect_failure(errc::malformed, "attrs.groups");
}

TEST_F(conformance_layer, what_is_not_supported_is_said) {
  expect_failures(errc::not_supported,
                  {{"variant", [&] { description_["variant"] = "f64"; }},
                   {"op", [&] { description_["op"] = "gru"; }},
                   {"quant.requantization", [&] { quantity("requantization") = "another rule"; }},
                   {"tensors.input.dtype", [&] {
                      array("input", "int16", {1, 2, 2, 1}, {1, 0, 2, 0, 3, 0, 4, 0});
                    }}});
}

TEST_F(conformance_layer, fields_of_a_convolution_are_checked) {
  expect_failures(
      errc::malformed,
      {{"attrs.stride_h", [&] { attribute("stride_h") = 0; }},
       {"attrs.stride_w", [&] { description_["attrs"].erase("stride_w"); }},
       {"attrs.pad_left", [&] { attribute("pad_left") = -1; }},
       {"attrs.dilation_h", [&] { attribute("dilation_h") = 65536; }},
       {"attrs.filter_w", [&] { attribute("filter_w") = "1"; }},
       {"attrs.groups", [&] { attribute("groups") = 2; }},
       {"quant.activation_min", [&] { quantity("activation_min") = 127, quantity("activation_max") = 126; }},
       {"quant.activation_max", [&] { quantity("activation_max") = 128; }},
       {"quant.input_zero_point", [&] { quantity("input_zero_point") = 200; }},
       {"quant.requantization", [&] { description_["quant"].erase("requantization"); }},
       {"tensors.expected.shape", [&] { attribute("pad_top") = 1; }},   // a window above the image
       {"tensors.expected.shape", [&] { attribute("stride_h") = 2; }},  // and one below it
       {"tensors.weights.shape", [&] { attribute("filter_h") = 2; }},
       {"tensors.input.shape", [&] { description_["tensors"].erase("input"); }},
       {"tensors.bias.count",
        [&] {
          array("bias", "int32", {2}, {0, 0, 0, 0, 0, 0, 0, 0});
        }},
       {"tensors.output_shift.count",
        [&] {
          array("output_shift", "int32", {2}, {0, 0, 0, 0, 0, 0, 0, 0});
        }},
       {"tensors.output_multiplier", [&] { description_["tensors"].erase("output_multiplier"); }}});
  array("output_shift", "int32", {1}, {40, 0, 0, 0});
  expect_failure(errc::malformed, "tensors.output_shift");
  array("output_shift", "int32", {1}, {1, 0, 0, 0});
  array("output_multiplier", "int32", {1}, {0, 0, 0, 0x80});
  expect_failure(errc::malformed, "tensors.output_multiplier");
}

TEST_F(conformance_layer, shapes_agree) {
  array("input", "int8", {2, 2, 1, 1}, {1, 2, 3, 4});
  expect_failure(errc::malformed, "tensors.expected.shape");
  array("input", "int8", {4}, {1, 2, 3, 4});
  expect_failure(errc::malformed, "tensors.input.shape");
}

TEST_F(conformance_layer, depthwise_weights_are_one_plane_a_tap) {
  description_["op"] = "depthwise_conv2d";
  ASSERT_TRUE(layer());
  array("weights", "int8", {1, 1, 1, 2}, {1, 2});
  expect_failure(errc::malformed, "tensors.weights.shape");
}

TEST_F(conformance_layer, fully_connected) {
  become("fully_connected");
  quantity("weights_zero_point") = 0;
  quantity("output_multiplier") = 1 << 30;
  quantity("output_shift") = -3;
  array("input", "int8", {2, 2}, {1, 2, 3, 4});
  array("weights", "int8", {1, 2}, {1, 2});
  array("expected", "int8", {2, 1}, {1, 2});
  auto const made = layer();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(std::get<kernels::dense::problem>(made->problem).input, (image_shape{1, 1, 2, 2}));
  EXPECT_EQ(made->multipliers, (std::vector<multiplier>{{1 << 30, -3}}));
  quantity("weights_zero_point") = 1;
  expect_failure(errc::not_supported, "quant.weights_zero_point");
  quantity("weights_zero_point") = 0;
  quantity("output_multiplier") = 0;
  expect_failure(errc::malformed, "quant.output_multiplier");
  quantity("output_multiplier") = 1 << 30;
  array("weights", "int8", {2, 1}, {1, 2});
  expect_failure(errc::malformed, "tensors.weights.shape");
}

TEST_F(conformance_layer, pools_have_no_window_outside_the_image) {
  description_["op"] = "avg_pool2d";
  ASSERT_TRUE(layer());
  description_["op"] = "max_pool2d";
  ASSERT_TRUE(layer());
  attribute("pad_top") = 1;
  expect_failure(errc::malformed, "tensors.expected.shape");
}

TEST_F(conformance_layer, softmax_has_one_rule_for_its_least_difference) {
  become("softmax");
  quantity("input_multiplier") = 1077952640;
  quantity("input_left_shift") = 19;
  quantity("diff_min") = -3968;
  auto const made = layer();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(std::get<kernels::softmax::problem>(made->problem).factor, (multiplier{1077952640, 19}));
  quantity("diff_min") = -3967;
  expect_failure(errc::not_supported, "quant.diff_min");
  quantity("diff_min") = 1;
  expect_failure(errc::malformed, "quant.diff_min");
}

TEST_F(conformance_layer, additions_state_three_multipliers) {
  become("add");
  for (char const* part : {"input1", "input2", "output"}) {
    description_["quant"][std::string(part) + "_multiplier"] = 1 << 30;
    description_["quant"][std::string(part) + "_shift"] = 0;
    description_["quant"][std::string(part) + "_zero_point"] = 3;
  }
  quantity("left_shift") = 20;
  tensor("input1") = tensor("input");
  tensor("input2") = tensor("input");
  auto const made = layer();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(std::get<kernels::elementwise::add_problem>(made->problem).factors.given());
  EXPECT_EQ(made->inputs[1].size(), 4u);
  expect_failures(errc::malformed, {{"quant.input2_shift", [&] { quantity("input2_shift") = 31; }},
                                    {"tensors.input2.shape", [&] {
                                       tensor("input2")["shape"] = {4, 1};
                                     }}});
  quantity("left_shift") = 15;
  expect_failure(errc::not_supported, "quant.left_shift");
}

}  // namespace
