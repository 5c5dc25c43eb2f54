// SPDX-License-Identifier: MIT
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/file.hpp>

namespace {

using linnet::errc;
using linnet::io::read_file;
using linnet::io::write_file;

/// A folder of its own for each test, gone afterwards.
class file : public testing::Test {
 protected:
  void SetUp() override {
    auto const* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / (std::string("linnet_file_test_") + info->name() +
                                                           "_" + std::to_string(std::random_device{}()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path at(std::string const& name) const { return folder_ / name; }

  std::filesystem::path folder_;
};

std::vector<std::byte> some_bytes(std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 256);
  return bytes;
}

template <class T>
void expect_failure(T const& outcome, errc code, std::string const& message) {
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, code);
  EXPECT_EQ(outcome.error().message, message);
}

TEST_F(file, what_is_written_is_read) {
  for (std::size_t count : {1u, 2u, 255u, 4096u, 100000u}) {
    ASSERT_TRUE(write_file(at("data.bin"), some_bytes(count)));
    auto const read = read_file(at("data.bin"));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, some_bytes(count));
  }
}

TEST_F(file, a_missing_file_is_named) {
  expect_failure(read_file(at("none.tflite")), errc::file_not_readable,
                 at("none.tflite").string() + ": no such file");
}

TEST_F(file, a_folder_is_no_file) {
  expect_failure(read_file(folder_), errc::file_not_readable,
                 folder_.string() + ": is a directory, not a file");
  expect_failure(write_file(folder_, some_bytes(1)), errc::file_not_writable,
                 folder_.string() + ": is a directory, not a file");
}

TEST_F(file, an_empty_file_is_refused_but_can_be_written) {
  ASSERT_TRUE(write_file(at("empty"), {}));
  EXPECT_TRUE(std::filesystem::exists(at("empty")));
  expect_failure(read_file(at("empty")), errc::malformed, at("empty").string() + ": is empty");
}

TEST_F(file, the_limit_is_inclusive) {
  ASSERT_TRUE(write_file(at("ten"), some_bytes(10)));
  EXPECT_TRUE(read_file(at("ten"), 10));
  expect_failure(read_file(at("ten"), 9), errc::too_large,
                 at("ten").string() + ": is larger than the limit of 9 bytes");
}

TEST_F(file, what_has_no_size_is_read_up_to_the_limit) {
  if (!std::filesystem::exists("/dev/zero")) GTEST_SKIP() << "this system has no /dev/zero";
  expect_failure(read_file("/dev/zero", 100000), errc::too_large,
                 "/dev/zero: is larger than the limit of 100000 bytes");
  expect_failure(read_file("/dev/null"), errc::malformed, "/dev/null: is empty");
}

TEST_F(file, a_missing_folder_is_named) {
  expect_failure(write_file(at("none") / "y.npy", some_bytes(1)), errc::file_not_writable,
                 (at("none") / "y.npy").string() + ": there is no such folder");
}

TEST_F(file, a_full_disk_is_an_error) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "this system has no /dev/full";
  auto const written = write_file("/dev/full", some_bytes(100000));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, errc::file_not_writable);
  EXPECT_EQ(written.error().message.find("/dev/full: "), 0u);
}

TEST_F(file, what_was_there_is_replaced) {
  ASSERT_TRUE(write_file(at("data"), some_bytes(100)));
  ASSERT_TRUE(write_file(at("data"), some_bytes(3)));
  auto const read = read_file(at("data"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size(), 3u);
}

}  // namespace
