// SPDX-License-Identifier: MIT
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/analysis/deployment_error.hpp>

#include "support/float_network.hpp"
#include "support/network_of.hpp"

namespace {

using namespace linnet;

/// x -> relu 'y', of any type.
session one_relu(element_type type, quantization const& in = {}, quantization const& out = {},
                 std::int32_t width = 3) {
  support::graph_maker g;
  auto const x = g.activation({1, width}, type, in, "x"), y = g.activation({1, width}, type, out, "y");
  g.add({.kind = op::relu, .activation = activation::relu}, {x}, y);
  g.set_ends({x}, {y});
  auto made = session::create(support::network_of(g, type == f32 ? "float" : "int8"));
  EXPECT_TRUE(made) << made.error().message;
  return *std::move(made);
}

TEST(deployment_error, adds_up_noise_and_agreements) {
  auto compared = deployment_comparison::create(one_relu(f32), one_relu(s8, {0.5f, 0}, {1.0f, 0}));
  ASSERT_TRUE(compared);
  EXPECT_EQ(compared->outputs()[0].name, "y");
  EXPECT_EQ(compared->outputs()[0].top1_agreement(), 0.0);
  ASSERT_TRUE(assign(compared->input(), std::vector<float>{-1.0f, 2.0f, 3.0f}));
  ASSERT_TRUE(compared->run());  // exactly representable
  EXPECT_EQ(compared->outputs()[0].sqnr_db(), std::numeric_limits<double>::infinity());
  ASSERT_TRUE(assign(compared->input(), std::vector<float>{0.0f, 10.5f, 11.0f}));
  ASSERT_TRUE(compared->run());  // 10.5 becomes 11: the first of equals is now largest
  output_error const& error = compared->outputs()[0];
  EXPECT_EQ(error.runs, 2);
  EXPECT_EQ(error.agreements, 1);
  EXPECT_EQ(error.top1_agreement(), 0.5);
  EXPECT_EQ(error.signal, 4.0 + 9.0 + 10.5 * 10.5 + 121.0);
  EXPECT_EQ(error.noise, 0.25);
  EXPECT_EQ(dequantized(compared->reference().output()), (std::vector<float>{0.0f, 10.5f, 11.0f}));
  EXPECT_EQ(dequantized(compared->deployed().output()), (std::vector<float>{0.0f, 11.0f, 11.0f}));
  EXPECT_DOUBLE_EQ(error.sqnr_db(), 10.0 * std::log10(error.signal / 0.25));
}

TEST(deployment_error, refuses_sessions_of_other_shapes) {
  auto const refused = deployment_comparison::create(one_relu(f32), one_relu(s8, {1.0f, 0}, {1.0f, 0}, 4));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::wrong_argument);
  EXPECT_EQ(refused.error().message, "int8 beside float: input 'x' is 1x4, not 1x3");
}

}  // namespace
