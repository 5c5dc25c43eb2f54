// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/base/bytes.hpp>
#include <linnet/io/npy/read.hpp>
#include <linnet/io/npy/write.hpp>

namespace {

using namespace linnet;
using bytes = std::vector<std::byte>;

/// A file with any header and the given elements, as they lie in the file.
bytes file_of(std::string_view dictionary, std::initializer_list<int> elements, int version = 1) {
  std::string text = "\x93NUMPY";
  text += static_cast<char>(version);
  text += '\0';
  text += static_cast<char>(dictionary.size());
  text += version == 1 ? std::string(1, '\0') : std::string(3, '\0');
  text += dictionary;
  bytes file;
  for (char c : text) file.push_back(static_cast<std::byte>(c));
  for (int e : elements) file.push_back(static_cast<std::byte>(e));
  return file;
}

std::string header_of(std::string_view descr, std::string_view shape, bool fortran_order = false) {
  return "{'descr': '" + std::string(descr) + "', 'fortran_order': " + (fortran_order ? "True" : "False") +
         ", 'shape': " + std::string(shape) + ", }\n";
}

errc failure_of(bytes const& file, std::string_view mentions = "") {
  auto const array = io::npy::read(file, "x.npy");
  if (array) {
    ADD_FAILURE() << "was read";
    return errc::file_not_readable;
  }
  EXPECT_EQ(array.error().message.substr(0, 7), "x.npy: ");
  EXPECT_NE(array.error().message.find(mentions), std::string::npos) << array.error().message;
  return array.error().code;
}

TEST(npy_read, reads_every_version) {
  for (int version : {1, 2, 3}) {
    auto const array = io::npy::read(file_of(header_of("|u1", "(3,)"), {1, 2, 3}, version), "x");
    ASSERT_TRUE(array) << version;
    EXPECT_EQ(array->type, u8);
    EXPECT_EQ(array->shape, (shape{3}));
    EXPECT_EQ(array->data, (bytes{std::byte{1}, std::byte{2}, std::byte{3}}));
  }
  EXPECT_EQ(failure_of(file_of(header_of("|u1", "(1,)"), {1}, 4), "version 4"), errc::not_supported);
}

TEST(npy_read, knows_its_types) {
  struct {
    char const* descr;
    element_type type;
    int size;
  } const cases[] = {{"<f4", f32, 4}, {"<f2", f16, 2}, {"<i8", s64, 8}, {"<i4", s32, 4}, {"<i2", s16, 2},
                     {"|i1", s8, 1},  {"<i1", s8, 1},  {"|u1", u8, 1},  {"|b1", u8, 1},  {"=i4", s32, 4}};
  for (auto const& c : cases) {
    bytes file = file_of(header_of(c.descr, "()"), {});
    for (int i = 0; i < c.size; ++i) file.push_back(static_cast<std::byte>(i + 1));
    auto const array = io::npy::read(file, "x");
    ASSERT_TRUE(array) << c.descr;
    EXPECT_EQ(array->type, c.type);
    EXPECT_EQ(array->shape.rank(), 0u);
    EXPECT_EQ(std::to_integer<int>(array->data[0]), 1);
  }
  for (char const* descr : {"<f8", "<u4", "<U1", "|O", "", "f4", "<c8"}) {
    EXPECT_EQ(failure_of(file_of(header_of(descr, "()"), {0, 0, 0, 0, 0, 0, 0, 0}), "astype"),
              errc::not_supported)
        << descr;
  }
}

TEST(npy_read, converts_big_endian) {
  auto const array = io::npy::read(file_of(header_of(">i2", "(2,)"), {1, 2, 3, 4}), "x");
  ASSERT_TRUE(array);
  EXPECT_EQ(load<std::int16_t>(array->data.data()), 0x0102);
  EXPECT_EQ(load<std::int16_t>(array->data.data() + 2), 0x0304);
}

TEST(npy_read, converts_column_major) {
  // [[0, 1, 2], [3, 4, 5]] column by column
  auto const array = io::npy::read(file_of(header_of("|u1", "(2, 3)", true), {0, 3, 1, 4, 2, 5}), "x");
  ASSERT_TRUE(array);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(std::to_integer<int>(array->data[static_cast<std::size_t>(i)]), i);
  EXPECT_TRUE(io::npy::read(file_of(header_of("|u1", "(0, 3)", true), {}), "x"));
}

TEST(npy_read, column_major_of_rank_four_is_the_transposed_index) {
  constexpr int a = 2, b = 3, c = 4, d = 5;
  bytes file = file_of(header_of("<i2", "(2, 3, 4, 5)", true), {});
  std::vector<std::int16_t> source(a * b * c * d);
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = static_cast<std::int16_t>(i);
  auto const raw = std::as_bytes(std::span(source));
  file.insert(file.end(), raw.begin(), raw.end());
  auto const array = io::npy::read(file, "x");
  ASSERT_TRUE(array);
  std::size_t at = 0;
  for (int i = 0; i < a; ++i) {
    for (int j = 0; j < b; ++j) {
      for (int k = 0; k < c; ++k) {
        for (int l = 0; l < d; ++l, at += 2) {
          EXPECT_EQ(load<std::int16_t>(array->data.data() + at), i + a * (j + b * (k + c * l)));
        }
      }
    }
  }
}

TEST(npy_read, says_what_is_wrong) {
  EXPECT_EQ(failure_of({}, "not an .npy file"), errc::malformed);
  EXPECT_EQ(failure_of(bytes(100), "not an .npy file"), errc::malformed);
  EXPECT_EQ(failure_of(file_of(header_of("|u1", "(3,)"), {1, 2}), "3 bytes of elements, the file has 2"),
            errc::malformed);
  EXPECT_EQ(failure_of(file_of(header_of("|u1", "(3,)"), {1, 2, 3, 4}), "the file has 4"), errc::malformed);
  EXPECT_EQ(failure_of(file_of(header_of("|u1", "(1, 1, 1, 1, 1, 1, 1)"), {1}), "7 dimensions"),
            errc::not_supported);
  EXPECT_EQ(failure_of(file_of(header_of("|u1", "(4294967297,)"), {1}), "too long"), errc::too_large);
  EXPECT_EQ(failure_of(file_of(header_of("|u1", "(2000000000, 2000000000, 2000000000)"), {1}), "too many"),
            errc::malformed);
  EXPECT_EQ(failure_of(file_of("{'descr': 3}", {}), "dictionary"), errc::malformed);
}

TEST(npy_read, survives_truncation_and_every_changed_byte) {
  std::vector<float> const values{1, 2, 3, 4, 5, 6};
  bytes const file = *io::npy::write(io::npy::array_view{f32, {2, 3}, std::as_bytes(std::span(values))});
  for (std::size_t size = 0; size < file.size(); ++size) {
    bytes const part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(failure_of(part), errc::malformed) << size;
  }
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      bytes changed = file;
      changed[at] = static_cast<std::byte>(value);
      auto const array = io::npy::read(changed, "x.npy");
      if (array) {
        EXPECT_LE(array->data.size(), file.size());
      }
    }
  }
}

}  // namespace
