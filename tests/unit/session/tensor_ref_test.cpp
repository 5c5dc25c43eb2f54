// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/tensor_ref.hpp>

namespace {

using namespace linnet;

tensor_ref of_bytes(std::vector<std::byte>& bytes, element_type type, quantization const& q = {}) {
  auto const elements = static_cast<std::int32_t>(8 * bytes.size()) / bits_per_element(type);
  return {type, {elements}, q, bytes, "scores"};
}

TEST(tensor_ref, gives_its_elements_as_their_own_type_only) {
  std::vector<std::byte> bytes(8);
  tensor_ref const t = of_bytes(bytes, s32);
  auto const numbers = t.as<std::int32_t>();
  ASSERT_TRUE(numbers.has_value());
  ASSERT_EQ(numbers->size(), 2u);
  (*numbers)[1] = 0x01020304;
  EXPECT_EQ(load<std::int32_t>(bytes.data() + 4), 0x01020304);
  auto const refused = t.as<float>();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, errc::wrong_argument);
  for (char const* word : {"scores", "s32", "f32"}) {
    EXPECT_NE(refused.error().message.find(word), std::string::npos) << refused.error().message;
  }
}

TEST(dequantized, gives_real_values) {
  std::vector<std::byte> bytes{std::byte{0}, std::byte{0x80}, std::byte{0xFF}};
  EXPECT_EQ(dequantized(of_bytes(bytes, u8, {0.5f, 128})), (std::vector<float>{-64.0f, 0.0f, 63.5f}));
  EXPECT_EQ(dequantized(of_bytes(bytes, s8, {0.5f, 2})), (std::vector<float>{-1.0f, -65.0f, -1.5f}));
  std::vector<std::byte> real(8);
  store(real.data() + 4, -2.5f);
  EXPECT_EQ(dequantized(of_bytes(real, f32)), (std::vector<float>{0.0f, -2.5f}));
  EXPECT_TRUE(dequantized(of_bytes(real, s64)).empty());
}

TEST(argmax, takes_the_first_of_equal_elements) {
  std::vector<std::byte> bytes{std::byte{3}, std::byte{9}, std::byte{0xFF}, std::byte{9}};
  EXPECT_EQ(argmax(of_bytes(bytes, s8, {0.1f, 0})), 1u);
  EXPECT_EQ(argmax(of_bytes(bytes, u8, {0.1f, 0})), 2u);
  std::vector<std::byte> none;
  EXPECT_EQ(argmax(of_bytes(none, s8)), 0u);
}

}  // namespace
