// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/conformance/model_case.hpp>
#include <linnet/io/conformance/suite.hpp>

#include "support/tflite_samples.hpp"

namespace {

using namespace linnet;
using io::conformance::judge_model_case;
using io::conformance::verdict;

/// suite/reshape/one.tflite, which moves six int8 numbers, and its numbers beside it.
class model_case : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::path(testing::TempDir()) /
            ("linnet_model_case_" + std::to_string(std::random_device{}()));
    std::filesystem::create_directories(root_ / "suite/reshape");
    write_model("reshape");
    text("input0_int8", "1,2,3\n-4,5,127\n");
    text("golden_int8", "1,2,3,-4,5,127");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  [[nodiscard]] std::filesystem::path model() const { return root_ / "suite/reshape/one.tflite"; }
  void write_model(std::string const& name) const {
    for (auto const& sample : linnet_tests::tflite::samples()) {
      if (sample.name != name) continue;
      auto const bytes = sample.model.bytes();
      std::ofstream(model(), std::ios::binary)
          .write(reinterpret_cast<char const*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
  }
  void text(std::string const& what, std::string const& numbers) const {
    std::ofstream(root_ / "suite/reshape" / ("one_" + what + ".csv")) << numbers;
  }
  void expect_failure(std::string const& mentions) const {
    auto const made = judge_model_case(model());
    EXPECT_EQ(made.verdict, verdict::failed);
    EXPECT_NE(made.reason.find(mentions), std::string::npos) << made.reason;
  }

  std::filesystem::path root_;
};

TEST_F(model_case, passes_where_every_number_is_expected) {
  auto const made = judge_model_case(model());
  EXPECT_EQ(made.verdict, verdict::passed) << made.reason;
  EXPECT_EQ(made.suite, "suite");
  EXPECT_EQ(made.op, "reshape");
  EXPECT_EQ(made.type, "int8");
  EXPECT_EQ(made.name, "one");
}

TEST_F(model_case, fails_where_something_is_wrong) {
  text("golden_int8", "1,2,3,-4,5,126");
  expect_failure("1 of 6 elements differ, the first is number 5");
  text("golden_int8", "1,2,3,-4,5");
  expect_failure("has 6 bytes, not 5");
  text("golden_int8", "1,2,3,-4,5,128");
  expect_failure("number 5 is no whole number of s8");
  text("golden_int8", "1,2,3,-4,five,6");
  expect_failure("number 4 is no whole number");
  text("input0_int8", "1,2");
  expect_failure("has another size than the input");
  std::filesystem::remove(root_ / "suite/reshape/one_input0_int8.csv");
  expect_failure("no file of input 0");
  std::ofstream(model(), std::ios::binary) << "cut";
  expect_failure("one.tflite");
}

TEST_F(model_case, takes_unsigned_numbers_as_such) {
  write_model("requantize");  // uint8 to int8
  text("input0_uint8", "0,127,200,255");
  std::filesystem::remove(root_ / "suite/reshape/one_input0_int8.csv");
  text("golden_int8", "9,9,9,9");
  EXPECT_NE(judge_model_case(model()).reason.find("of 4 elements differ"), std::string::npos)
      << judge_model_case(model()).reason;
  text("input0_uint8", "0,127,200,256");
  expect_failure("number 3 is no whole number of u8");
  text("input0_uint8", "0,127,200,-1");
  expect_failure("number 3 is no whole number of u8");
}

TEST_F(model_case, says_that_it_reads_no_floats) {
  write_model("softmax");
  auto const made = judge_model_case(model());
  EXPECT_EQ(made.verdict, verdict::not_supported);
  EXPECT_NE(made.reason.find("numbers of f32 are not read"), std::string::npos) << made.reason;
}

TEST_F(model_case, is_one_of_a_suite) {
  auto const all = io::conformance::judge_all(root_);
  ASSERT_TRUE(all) << all.error().message;
  auto const rows = io::conformance::rows_of(*all);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0], (io::conformance::conformance_row{"suite", "reshape", "int8", 1, 0, 0}));
}

TEST(judge_all, refuses_folders_without_cases) {
  auto const none = io::conformance::judge_all(std::filesystem::path(testing::TempDir()) / "no/such/folder");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, errc::file_not_readable);
  auto const root =
      std::filesystem::path(testing::TempDir()) / ("linnet_empty_" + std::to_string(std::random_device{}()));
  std::filesystem::create_directories(root);
  auto const empty = io::conformance::judge_all(root);
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, errc::wrong_argument);
  std::filesystem::remove_all(root);
}

TEST(rows_of, counts_by_suite_operator_and_type_in_their_order) {
  using io::conformance::judged_case;
  std::vector<judged_case> const all{{"b", "add", "int8", "1", verdict::passed, {}},
                                     {"a", "add", "int8", "2", verdict::failed, "differs"},
                                     {"b", "add", "f32", "3", verdict::not_supported, "lacks"},
                                     {"b", "add", "int8", "4", verdict::passed, {}}};
  EXPECT_EQ(io::conformance::rows_of(all),
            (std::vector<io::conformance::conformance_row>{
                {"a", "add", "int8", 0, 1, 0}, {"b", "add", "f32", 0, 0, 1}, {"b", "add", "int8", 2, 0, 0}}));
}

}  // namespace
