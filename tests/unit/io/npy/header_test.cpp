// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <linnet/io/npy/header.hpp>

namespace {

using linnet::io::npy::header;
using linnet::io::npy::header_reader;
using extents = std::vector<std::int64_t>;

bool reads(std::string_view text) {
  header h;
  return header_reader(text).read(h);
}

TEST(npy_header, reads_what_numpy_writes) {
  header h;
  ASSERT_TRUE(header_reader("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }   \n").read(h));
  EXPECT_EQ(h.descr, "<f4");
  EXPECT_FALSE(h.fortran_order);
  EXPECT_EQ(h.shape, (extents{2, 3}));
}

TEST(npy_header, reads_keys_in_any_order_and_both_quotes) {
  header h;
  ASSERT_TRUE(header_reader("{\"shape\":(7,),\"fortran_order\":True,'descr':'|u1'}").read(h));
  EXPECT_EQ(h.descr, "|u1");
  EXPECT_TRUE(h.fortran_order);
  EXPECT_EQ(h.shape, (extents{7}));
}

TEST(npy_header, reads_scalars_and_the_long_integers_of_python_2) {
  header h;
  ASSERT_TRUE(header_reader("{'descr': '<f4', 'fortran_order': False, 'shape': ()}").read(h));
  EXPECT_TRUE(h.shape.empty());
  header old;
  ASSERT_TRUE(header_reader("{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L)}").read(old));
  EXPECT_EQ(old.shape, (extents{2, 3}));
}

TEST(npy_header, refuses_everything_else) {
  EXPECT_FALSE(reads(""));
  EXPECT_FALSE(reads("{}"));
  EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False}"));
  EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)"));
  EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} x"));
  EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}"));
  EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (3)}"));
  EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}"));
  EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': [3]}"));
  EXPECT_FALSE(reads("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}"));
  EXPECT_FALSE(reads("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}"));
  EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': True}"));
  EXPECT_FALSE(reads("{'descr': '<f\\x34', 'fortran_order': False, 'shape': (3,)}"));
  EXPECT_FALSE(reads("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999999,)}"));
}

TEST(npy_header, bounds_the_number_of_dimensions) {
  std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (int i = 0; i < 100; ++i) text += "1, ";
  EXPECT_FALSE(reads(text + ")}"));
}

}  // namespace
