// SPDX-License-Identifier: MIT
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/conformance/kernel_case.hpp>

#include "case_folder.hpp"

namespace {

using namespace linnet;
using io::conformance::judge_kernel_case;
using io::conformance::judged_case;
using io::conformance::verdict;

class kernel_case : public case_folder {
 protected:
  [[nodiscard]] judged_case judged() const {
    write();
    return judge_kernel_case(folder_);
  }
  static std::vector<int> floats(std::vector<float> const& values) {
    std::vector<int> bytes;
    for (float value : values) {
      for (int i = 0; i < 4; ++i)
        bytes.push_back(static_cast<int>(std::bit_cast<std::uint32_t>(value) >> 8 * i & 255));
    }
    return bytes;
  }
  /// The same convolution of float32: 3 * x + 7, at most 17.
  void become_real() {
    description_["variant"] = "f32";
    description_["quant"] = {{"activation_min", -10}, {"activation_max", 17.0}};
    array("input", "f32", {1, 2, 2, 1}, floats({1, 2, 3, 4}));
    array("weights", "f32", {1, 1, 1, 1}, floats({3}));
    array("bias", "f32", {1}, floats({7}));
    array("expected", "f32", {1, 2, 2, 1}, floats({10, 13, 16, 17}));
  }
};

TEST_F(kernel_case, passes_where_every_byte_is_expected) {
  judged_case const made = judged();
  EXPECT_EQ(made.verdict, verdict::passed) << made.reason;
  EXPECT_EQ(made.op, "conv2d");
  EXPECT_EQ(made.type, "int8");
  EXPECT_EQ(made.name, folder_.filename());
}

TEST_F(kernel_case, fails_where_one_is_not) {
  array("expected", "int8", {1, 2, 2, 1}, {11, 14, 18, 20});
  judged_case const made = judged();
  EXPECT_EQ(made.verdict, verdict::failed);
  EXPECT_EQ(made.reason, "1 of 4 elements differ, the first is number 2");
}

TEST_F(kernel_case, takes_floats_with_bounds_of_their_own) {
  become_real();
  EXPECT_EQ(judged().verdict, verdict::passed) << judged().reason;
  description_["quant"]["activation_max"] = 16.5;
  EXPECT_EQ(judged().reason, "1 of 4 elements differ, the first is number 3");
}

TEST_F(kernel_case, refuses_bounds_that_are_no_numbers_of_float32) {
  become_real();
  for (nlohmann::json const& wrong : {nlohmann::json("all"), nlohmann::json(1e300), nlohmann::json()}) {
    description_["quant"]["activation_max"] = wrong;
    judged_case const made = judged();
    EXPECT_EQ(made.verdict, verdict::failed);
    EXPECT_NE(made.reason.find("activation_max"), std::string::npos) << made.reason;
  }
  description_["quant"]["activation_max"] = -11;
  EXPECT_NE(judged().reason.find("is above activation_max"), std::string::npos) << judged().reason;
}

TEST_F(kernel_case, says_what_is_not_supported) {
  description_["op"] = "gru";
  EXPECT_EQ(judged().verdict, verdict::not_supported);
  EXPECT_NE(judged().reason.find("'gru'"), std::string::npos);
  description_["op"] = "conv2d";
  description_["variant"] = "f64";
  EXPECT_EQ(judged().verdict, verdict::not_supported);
  EXPECT_EQ(judged().type, "f64");
}

TEST_F(kernel_case, fails_where_it_cannot_be_read) {
  EXPECT_EQ(judge_kernel_case(folder_ / "nowhere").verdict, verdict::failed);
  description_["tensors"]["input"]["count"] = 5;
  EXPECT_EQ(judged().verdict, verdict::failed);
}

}  // namespace
