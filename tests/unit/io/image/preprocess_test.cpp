// SPDX-License-Identifier: MIT
#include <limits>

#include <gtest/gtest.h>

#include <linnet/base/bytes.hpp>
#include <linnet/io/image/preprocess.hpp>

#include "pictures.hpp"

namespace {

using namespace linnet;
using io::pixel_layout;

template <class T>
std::vector<T> elements(result<std::vector<std::byte>> const& bytes) {
  std::vector<T> values;
  if (!bytes) {
    ADD_FAILURE() << bytes.error().message;
    return values;
  }
  for (std::size_t at = 0; at < bytes->size(); at += sizeof(T)) values.push_back(load<T>(bytes->data() + at));
  return values;
}

io::image all_pixels() {
  io::image picture{256, 1, 1, {}};
  for (int p = 0; p < 256; ++p) picture.pixels.push_back(static_cast<std::uint8_t>(p));
  return picture;
}

TEST(preprocess, lays_the_pixels_over_the_range_of_the_input) {
  auto const picture = all_pixels();
  auto const unsigned_bytes = elements<std::uint8_t>(io::preprocess(picture, u8, {0.0078125f, 128}));
  auto const signed_bytes = elements<std::int8_t>(io::preprocess(picture, s8, {0.0078125f, -1}));
  auto const floats = elements<float>(io::preprocess(picture, f32, {}));
  for (int p = 0; p < 256; ++p) {
    auto const i = static_cast<std::size_t>(p);
    EXPECT_EQ(unsigned_bytes[i], p);
    EXPECT_EQ(signed_bytes[i], p - 128);
    EXPECT_EQ(floats[i], static_cast<float>(p) / 127.5f - 1.0f);
  }
}

TEST(preprocess, applies_mean_and_deviation_and_the_inputs_own_scale) {
  // Scale and zero point of a MobileNetV2 that was trained with ImageNet's mean and deviation. The values
  // were computed apart from this library: round((p / 255 - 0.485) / 0.229 / 0.0186311) - 14 and so on,
  // saturated.
  quantization const input{0.0186311f, -14};
  io::image const picture{2, 2, 3, {0, 0, 0, 255, 255, 255, 128, 128, 128, 4, 4, 6}};
  auto const values = elements<std::int8_t>(
      io::preprocess(picture, s8, input, {.normalization = io::imagenet_normalization}));
  EXPECT_EQ(values,
            (std::vector<std::int8_t>{-128, -123, -111, 107, 116, 127, -10, -3, 9, -124, -120, -105}));
}

TEST(preprocess, gives_floats_their_normalized_values) {
  io::normalization const n{{10.0f, 20.0f, 30.0f}, {2.0f, 4.0f, 5.0f}};
  io::image const picture{1, 1, 3, {12, 16, 35}};
  EXPECT_EQ(elements<float>(io::preprocess(picture, f32, {}, {.normalization = n})),
            (std::vector<float>{1.0f, -1.0f, 1.0f}));
  io::image const grey{1, 1, 1, {12}};
  EXPECT_EQ(elements<float>(io::preprocess(grey, f32, {}, {.normalization = n})), std::vector<float>{1.0f});
}

TEST(preprocess, planar_and_interleaved_hold_the_same_pixels) {
  auto const picture = pictures::gradient(5, 3);
  auto const together = elements<std::uint8_t>(io::preprocess(picture, u8, {}));
  auto const apart =
      elements<std::uint8_t>(io::preprocess(picture, u8, {}, {.layout = pixel_layout::planar}));
  EXPECT_EQ(together, picture.pixels);
  for (std::size_t i = 0; i < 15; ++i) {
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(apart[c * 15 + i], together[i * 3 + c]);
  }
}

TEST(preprocess, refuses_what_it_cannot_make) {
  auto const picture = pictures::gradient(2, 2);
  io::normalization const good = io::imagenet_normalization;
  EXPECT_EQ(io::preprocess(picture, s16, {1.0f, 0}).error().code, errc::not_supported);
  EXPECT_EQ(io::preprocess(picture, u8, {}, {.normalization = good}).error().code, errc::wrong_argument);
  EXPECT_EQ(io::preprocess(io::image{2, 2, 3, {}}, u8, {}).error().code, errc::wrong_argument);
  for (float bad :
       {0.0f, -1.0f, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    io::normalization n = good;
    n.deviation[1] = bad;
    EXPECT_EQ(io::preprocess(picture, f32, {}, {.normalization = n}).error().code, errc::wrong_argument);
  }
}

TEST(picture_input, follows_from_the_shape) {
  auto const color = io::picture_input_of({1, 224, 160, 3});
  ASSERT_TRUE(color);
  EXPECT_EQ(*color, (io::picture_input{160, 224, 3, pixel_layout::interleaved}));
  auto const planes = io::picture_input_of({1, 3, 224, 160});
  ASSERT_TRUE(planes);
  EXPECT_EQ(*planes, (io::picture_input{160, 224, 3, pixel_layout::planar}));
  auto const grey = io::picture_input_of({1, 96, 96, 1});
  ASSERT_TRUE(grey);
  EXPECT_EQ(grey->channels, 1);
  for (shape const& s :
       {shape{1, 1960}, shape{2, 96, 96, 3}, shape{1, 49, 10, 2}, shape{}, shape{1, 0, 4, 3}}) {
    auto const none = io::picture_input_of(s);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, errc::wrong_argument);
  }
}

}  // namespace
