// SPDX-License-Identifier: MIT
#include <filesystem>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/npy/layers.hpp>
#include <linnet/io/npy/read.hpp>

namespace {

using namespace linnet;
namespace fs = std::filesystem;

struct scratch_folder {
  fs::path path = fs::path(testing::TempDir()) / "npy_layers_test";
  scratch_folder() { fs::remove_all(path); }
  ~scratch_folder() { fs::remove_all(path); }
};

tensor_ref numbers(std::vector<std::byte>& bytes, element_type type = s8) {
  return {type, {1, static_cast<std::int32_t>(bytes.size())}, {}, bytes, "y"};
}

TEST(npy_layers, names_sort_as_the_nodes_run) {
  EXPECT_EQ(io::npy::layer_file_name(0, {.kind = op::conv2d}), "000_conv2d.npy");
  EXPECT_EQ(io::npy::layer_file_name(12, {.kind = op::average_pool2d}), "012_average_pool2d.npy");
  EXPECT_EQ(io::npy::layer_file_name(1234, {.kind = op::add}), "1234_add.npy");
}

TEST(npy_layers, a_folder_holds_what_was_written) {
  scratch_folder const folder;
  ASSERT_TRUE(io::npy::make_folder(folder.path / "a" / "b"));
  ASSERT_TRUE(io::npy::make_folder(folder.path / "a" / "b"));
  io::npy::layer_writer write(folder.path / "a" / "b");
  std::vector<std::byte> bytes{std::byte{1}, std::byte{2}, std::byte{0x80}};
  write(3, {.kind = op::add}, numbers(bytes));
  ASSERT_TRUE(write.written());
  auto const file = io::read_file(folder.path / "a" / "b" / "003_add.npy");
  ASSERT_TRUE(file);
  auto const array = io::npy::read(*file, "it");
  ASSERT_TRUE(array);
  EXPECT_EQ(array->type, s8);
  EXPECT_EQ(array->shape, (shape{1, 3}));
  EXPECT_EQ(array->data, bytes);
}

TEST(npy_layers, the_first_failure_stays_and_nothing_is_written_behind_it) {
  scratch_folder const folder;
  ASSERT_TRUE(io::npy::make_folder(folder.path));
  io::npy::layer_writer write(folder.path);
  std::vector<std::byte> bytes(2);
  write(0, {.kind = op::add}, numbers(bytes, bf16));
  write(1, {.kind = op::add}, numbers(bytes));
  ASSERT_FALSE(write.written());
  EXPECT_EQ(write.written().error().code, errc::not_supported);
  EXPECT_NE(write.written().error().message.find("000_add.npy: "), std::string::npos);
  EXPECT_TRUE(fs::is_empty(folder.path));
}

TEST(npy_layers, a_folder_cannot_lie_in_a_file) {
  scratch_folder const folder;
  ASSERT_TRUE(io::npy::make_folder(folder.path));
  std::vector<std::byte> const one(1);
  ASSERT_TRUE(io::write_file(folder.path / "file", one));
  auto const made = io::npy::make_folder(folder.path / "file" / "layers");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, errc::file_not_writable);
  EXPECT_NE(made.error().message.find("layers: "), std::string::npos) << made.error().message;
}

}  // namespace
