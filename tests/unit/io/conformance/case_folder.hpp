// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

/// A test case on the disk, in a folder of its own for each test, gone afterwards: a convolution of 2x2
/// pixels by one weight, which tests then spoil.
class case_folder : public testing::Test {
 protected:
  void SetUp() override {
    auto const* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) /
              (std::string("linnet_") + info->test_suite_name() + "_" + info->name() + "_" +
               std::to_string(std::random_device{}()));
    std::filesystem::create_directories(folder_);
    description_ = {{"name", "tiny"}, {"op", "conv2d"}, {"variant", "int8"}};
    description_["attrs"] = {{"stride_h", 1}, {"stride_w", 1},   {"pad_top", 0},
                             {"pad_left", 0}, {"filter_h", 1},   {"filter_w", 1},
                             {"groups", 1},   {"dilation_h", 1}, {"dilation_w", 1}};
    description_["quant"] = {
        {"activation_min", -128},
        {"activation_max", 127},
        {"input_zero_point", 0},
        {"output_zero_point", 1},
        {"requantization",
         "32-bit accumulator, saturating rounding doubling high multiply, then rounding shift"}};
    array("input", "int8", {1, 2, 2, 1}, {1, 2, 3, 4});
    array("weights", "int8", {1, 1, 1, 1}, {3});
    array("bias", "int32", {1}, {7, 0, 0, 0});
    array("output_multiplier", "int32", {1}, {0, 0, 0, 0x40});
    array("output_shift", "int32", {1}, {1, 0, 0, 0});  // together 1
    array("expected", "int8", {1, 2, 2, 1}, {11, 14, 17, 20});
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Writes an array to a file of its own and describes it.
  void array(std::string const& role, std::string const& type, std::vector<std::int64_t> const& shape,
             std::vector<int> const& bytes) {
    std::int64_t count = 1;
    for (std::int64_t extent : shape) count *= extent;
    std::string const name = role + std::to_string(files_++) + ".bin";
    description_["tensors"][role] = {{"file", name}, {"dtype", type}, {"count", count}, {"shape", shape}};
    std::ofstream file(folder_ / name, std::ios::binary);
    for (int b : bytes) file.put(static_cast<char>(b));
  }
  void write() const { std::ofstream(folder_ / "case.json") << description_.dump(); }
  [[nodiscard]] nlohmann::json& tensor(char const* role) { return description_["tensors"][role]; }

  std::filesystem::path folder_;
  nlohmann::json description_;
  int files_ = 0;
};
