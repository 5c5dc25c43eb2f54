// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/io/npy/read.hpp>
#include <linnet/io/npy/write.hpp>

namespace {

using namespace linnet;

std::string text_of(std::vector<std::byte> const& file) {
  return {reinterpret_cast<char const*>(file.data()), file.size()};
}

// Held against numpy.save of NumPy 1.24.2.
TEST(npy_write, writes_the_bytes_that_numpy_writes) {
  std::vector<std::byte> const data{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  constexpr std::string_view head(
      "\x93NUMPY\x01\x00\x76\x00{'descr': '<i2', 'fortran_order': False, 'shape': (1, 2), }", 69);
  std::string expected(head);
  expected.resize(127, ' ');
  for (char c : {'\n', '\x01', '\x02', '\x03', '\x04'}) expected.push_back(c);
  auto const file = io::npy::write(io::npy::array_view{s16, {1, 2}, data});
  ASSERT_TRUE(file);
  EXPECT_EQ(text_of(*file), expected);
}

TEST(npy_write, spells_shapes_as_python_does) {
  auto const spelled = [](shape const& s) {
    std::vector<std::byte> const data(static_cast<std::size_t>(s.elements()));
    auto const text = text_of(*io::npy::write(io::npy::array_view{s8, s, data}));
    auto const at = text.find("'shape': ") + 9;
    return text.substr(at, text.find(')', at) + 1 - at);
  };
  EXPECT_EQ(spelled({}), "()");
  EXPECT_EQ(spelled({5}), "(5,)");
  EXPECT_EQ(spelled({0, 3}), "(0, 3)");
  EXPECT_EQ(spelled({1, 2, 3, 1, 2, 3}), "(1, 2, 3, 1, 2, 3)");
}

TEST(npy_write, elements_start_at_a_multiple_of_64) {
  for (std::int32_t extent : {1, 10, 100, 1000, 10000}) {
    std::vector<std::byte> const data(static_cast<std::size_t>(extent));
    auto const file = io::npy::write(io::npy::array_view{u8, {1, 1, 1, 1, 1, extent}, data});
    ASSERT_TRUE(file);
    EXPECT_EQ((file->size() - data.size()) % 64, 0u);
  }
}

TEST(npy_write, read_gives_back_what_write_was_given) {
  for (element_type type : {f32, f16, s64, s32, s16, s8, u8}) {
    io::npy::array array{type, {2, 1, 3}, {}};
    array.data.resize(static_cast<std::size_t>(bytes_of(type, 6)));
    for (std::size_t i = 0; i < array.data.size(); ++i) array.data[i] = static_cast<std::byte>(i * 37 + 1);
    auto const file = io::npy::write(array);
    ASSERT_TRUE(file);
    auto const back = io::npy::read(*file, "x");
    ASSERT_TRUE(back);
    EXPECT_EQ(back->type, array.type);
    EXPECT_EQ(back->shape, array.shape);
    EXPECT_EQ(back->data, array.data);
  }
}

TEST(npy_write, refuses_what_numpy_has_no_name_for) {
  std::vector<std::byte> const data(2);
  EXPECT_EQ(io::npy::write(io::npy::array_view{bf16, {1}, data}).error().code, errc::not_supported);
  EXPECT_EQ(io::npy::write(io::npy::array_view{s4, {4}, data}).error().code, errc::not_supported);
}

TEST(npy_write, refuses_data_that_do_not_fill_the_shape) {
  std::vector<std::byte> const data(3);
  EXPECT_EQ(io::npy::write(io::npy::array_view{u8, {4}, data}).error().code, errc::wrong_argument);
  EXPECT_EQ(io::npy::write(io::npy::array_view{s16, {1}, data}).error().code, errc::wrong_argument);
}

}  // namespace
