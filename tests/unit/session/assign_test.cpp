// SPDX-License-Identifier: MIT
#include <cstddef>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/session/assign.hpp>

namespace {

using namespace linnet;

tensor_ref of_bytes(std::vector<std::byte>& bytes, element_type type, quantization const& q = {}) {
  auto const elements = static_cast<std::int32_t>(8 * bytes.size()) / bits_per_element(type);
  return {type, {elements}, q, bytes, "scores"};
}

TEST(assign, is_the_inverse_of_dequantized) {
  for (element_type type : {s8, u8}) {
    std::vector<std::byte> all(256), copy(256);
    for (std::size_t i = 0; i < 256; ++i) all[i] = static_cast<std::byte>(i);
    quantization const q{0.37f, type == s8 ? -5 : 200};
    ASSERT_TRUE(assign(of_bytes(copy, type, q), dequantized(of_bytes(all, type, q))));
    EXPECT_EQ(copy, all);
  }
  std::vector<std::byte> real(8);
  ASSERT_TRUE(assign(of_bytes(real, f32), std::vector<float>{1.5f, -2.0f}));
  EXPECT_EQ(dequantized(of_bytes(real, f32)), (std::vector<float>{1.5f, -2.0f}));
}

TEST(assign, rounds_halves_away_and_saturates) {
  std::vector<std::byte> bytes(5);
  tensor_ref const t = of_bytes(bytes, s8, {2.0f, 1});
  ASSERT_TRUE(assign(t, std::vector<float>{1.0f, -1.0f, 0.9f, 1e30f, -300.0f}));
  EXPECT_EQ(dequantized(t), (std::vector<float>{2.0f, -2.0f, 0.0f, 252.0f, -258.0f}));
}

TEST(assign, refuses_what_does_not_fit_and_writes_nothing) {
  std::vector<std::byte> bytes(4, std::byte{7});
  std::vector<float> const values(4, 1.0f);
  auto const refusal = [&](element_type type, quantization const& q) {
    auto const done = assign(of_bytes(bytes, type, q), values);
    EXPECT_FALSE(done.has_value());
    return done ? std::string() : done.error().message;
  };
  EXPECT_EQ(refusal(s8, {}), "tensor 'scores' has no scale: no real value has a place in it");
  EXPECT_EQ(refusal(s32, {1.0f, 0}), "tensor 'scores' holds s32, no real values");
  EXPECT_EQ(refusal(f32, {}), "tensor 'scores' has 1 elements, not 4");
  EXPECT_EQ(bytes, std::vector<std::byte>(4, std::byte{7}));
}

}  // namespace
