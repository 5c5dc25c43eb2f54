// SPDX-License-Identifier: MIT
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include <linnet/io/load.hpp>

#include "support/tflite_samples.hpp"

namespace {

std::filesystem::path write(std::string const& name, std::vector<std::byte> const& bytes) {
  auto const path = std::filesystem::path(testing::TempDir()) / name;
  EXPECT_TRUE(linnet::io::write_file(path, bytes));
  return path;
}
std::vector<std::byte> sample_bytes() { return linnet_tests::tflite::samples().front().model.bytes(); }

TEST(load, the_bytes_say_that_a_file_is_tflite) {
  for (std::string const name : {"load_test.tflite", "load_test.bin", "load_test.onnx"}) {
    auto const path = write(name, sample_bytes());
    EXPECT_TRUE(linnet::load_network(path)) << name;
    std::filesystem::remove(path);
  }
}

TEST(load, bytes_in_memory_are_read_as_a_file_of_that_name_would_be) {
  EXPECT_TRUE(linnet::load_network(sample_bytes(), "a.tflite"));
  EXPECT_TRUE(linnet::load_network(sample_bytes(), "a.onnx"));
  auto const damaged = linnet::load_network({std::byte{1}, std::byte{2}}, "a.onnx");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().message.find("a.onnx: "), 0u) << damaged.error().message;
  EXPECT_NE(damaged.error().message.find("ONNX"), std::string::npos) << damaged.error().message;
  auto const empty = linnet::load_network({}, "a.tflite");
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, linnet::errc::malformed);
}

/// Whether this program reads ONNX or not, the sentence is about that.
TEST(load, the_name_says_that_a_file_is_onnx) {
  for (std::string const name : {"load_test.onnx", "load_test.ONNX"}) {
    auto const path = write(name, {std::byte{1}, std::byte{2}});
    auto const made = linnet::load(path);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().message.find(path.string() + ": "), 0u);
    EXPECT_NE(made.error().message.find("ONNX"), std::string::npos) << made.error().message;
    std::filesystem::remove(path);
  }
}

TEST(load, other_files_are_no_models) {
  auto const path = write("load_test.txt", {std::byte{1}, std::byte{2}});
  auto const made = linnet::load_network(path);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("TensorFlow Lite"), std::string::npos);
  std::filesystem::remove(path);
}

}  // namespace
