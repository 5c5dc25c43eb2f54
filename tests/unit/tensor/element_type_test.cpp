// SPDX-License-Identifier: MIT
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <linnet/tensor/element_type.hpp>

namespace {

using linnet::element_type;
using enum element_type;

constexpr element_type all[] = {f32, f16, bf16, s64, s32, s16, s8, u8, s4, s2, s1};

TEST(element_type, every_name_is_its_own_and_ends_in_its_bits) {
  std::set<std::string> names;
  for (element_type type : all) {
    std::string const name = linnet::name_of(type);
    names.insert(name);
    std::string const bits = std::to_string(linnet::bits_per_element(type));
    EXPECT_EQ(name.substr(name.find_first_of("0123456789")), bits);
  }
  EXPECT_EQ(names.size(), std::size(all));
}

TEST(element_type, packed_elements_take_the_bytes_that_hold_their_bits) {
  for (element_type type : all) {
    for (std::int64_t elements = 0; elements <= 40; ++elements) {
      std::int64_t const bits = elements * linnet::bits_per_element(type);
      std::int64_t const bytes = linnet::bytes_of(type, elements);
      ASSERT_GE(bytes * 8, bits) << std::string(linnet::name_of(type));
      ASSERT_LT(bytes * 8, bits + 8) << std::string(linnet::name_of(type));
    }
  }
  EXPECT_EQ(linnet::bytes_of(s64, std::int64_t{1} << 40), std::int64_t{1} << 43);
}

TEST(element_type, of_a_cpp_type) {
  static_assert(linnet::element_type_of<float> == f32 && linnet::element_type_of<std::int64_t> == s64);
  static_assert(linnet::element_type_of<std::int32_t> == s32 && linnet::element_type_of<std::int16_t> == s16);
  static_assert(linnet::element_type_of<std::int8_t> == s8 && linnet::element_type_of<std::uint8_t> == u8);
  EXPECT_EQ(linnet::bytes_of(linnet::element_type_of<float>, 1), std::int64_t{sizeof(float)});
}

}  // namespace
