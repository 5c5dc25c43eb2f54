// SPDX-License-Identifier: MIT
#include <numeric>

#include <gtest/gtest.h>

#include <linnet/io/image/resize.hpp>

#include "pictures.hpp"

namespace {

using namespace linnet;
using io::resize_policy;

io::image grey(int width, int height, std::vector<std::uint8_t> pixels) {
  return {width, height, 1, std::move(pixels)};
}

TEST(resize, leaves_a_picture_of_the_right_size_alone) {
  auto const picture = pictures::gradient(9, 7);
  for (auto policy : {resize_policy::stretch, resize_policy::center_crop}) {
    auto const same = io::resize(picture, 9, 7, {.policy = policy, .fraction = 0.5});
    ASSERT_TRUE(same);
    EXPECT_EQ(*same, picture);
  }
}

TEST(resize, weights_of_every_output_sum_to_one) {
  for (int source : {1, 2, 3, 7, 10, 63, 64, 1000}) {
    for (int outputs : {1, 2, 3, 5, 8, 64, 224}) {
      auto const step = static_cast<double>(source) / outputs;
      auto const filter = io::detail::make_filter(source, outputs, 0.0, step);
      ASSERT_EQ(filter.outputs.size(), static_cast<std::size_t>(outputs));
      for (auto const& t : filter.outputs) {
        ASSERT_LE(t.first + t.count, static_cast<std::size_t>(source));
        auto const first = filter.weights.begin() + static_cast<std::ptrdiff_t>(t.weights);
        EXPECT_EQ(std::accumulate(first, first + static_cast<std::ptrdiff_t>(t.count), 0u), 65536u);
      }
    }
  }
}

TEST(resize, keeps_a_plain_picture_plain) {
  for (int value : {0, 1, 100, 254, 255}) {
    io::image const picture{37, 23, 3,
                            std::vector<std::uint8_t>(37 * 23 * 3, static_cast<std::uint8_t>(value))};
    for (auto const& [width, height] : {std::pair{224, 224}, {5, 5}, {1, 1}, {37, 100}, {3, 200}}) {
      for (auto policy : {resize_policy::stretch, resize_policy::center_crop}) {
        auto const resized = io::resize(picture, width, height, {.policy = policy});
        ASSERT_TRUE(resized);
        EXPECT_EQ(resized->pixels.size(), static_cast<std::size_t>(width * height * 3));
        for (std::uint8_t p : resized->pixels) ASSERT_EQ(p, value);
      }
    }
  }
}

TEST(resize, doubling_is_bilinear_interpolation) {
  auto const resized = io::resize(grey(2, 1, {0, 200}), 4, 1, {.policy = resize_policy::stretch});
  ASSERT_TRUE(resized);
  EXPECT_EQ(resized->pixels, (std::vector<std::uint8_t>{0, 50, 150, 200}));
}

TEST(resize, shrinking_averages_instead_of_skipping) {
  // Stripes of 0 and 200 become grey: bilinear interpolation alone would pick stripes.
  io::image stripes = grey(64, 4, {});
  for (int i = 0; i < 64 * 4; ++i) stripes.pixels.push_back(i % 2 == 0 ? 0 : 200);
  auto const resized = io::resize(stripes, 8, 4, {.policy = resize_policy::stretch});
  ASSERT_TRUE(resized);
  for (std::uint8_t p : resized->pixels) EXPECT_NEAR(p, 100, 4);
}

TEST(resize, halving_weighs_by_the_triangle) {
  // Output pixel 1 has its centre between source pixels 2 and 3: weights 1 3 3 1 of 8 for pixels 1 to 4.
  auto const resized =
      io::resize(grey(6, 1, {0, 80, 0, 0, 160, 0}), 3, 1, {.policy = resize_policy::stretch});
  ASSERT_TRUE(resized);
  EXPECT_EQ(resized->pixels[1], 30);
}

TEST(resize, center_crop_keeps_the_middle_and_the_proportions) {
  // A red middle between black sides, as wide as high: only the middle remains.
  io::image wide{30, 10, 3, {}};
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 30; ++x) {
      wide.pixels.push_back(x >= 10 && x < 20 ? 250 : 0);
      wide.pixels.insert(wide.pixels.end(), {0, 0});
    }
  }
  auto const cropped = io::resize(wide, 4, 4, {.fraction = 0.5});
  ASSERT_TRUE(cropped);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(cropped->pixels[3 * i], 250);
  auto const stretched = io::resize(wide, 6, 2, {.policy = resize_policy::stretch});
  ASSERT_TRUE(stretched);
  EXPECT_EQ(stretched->pixels[0], 0);
}

TEST(resize, is_symmetric) {
  auto const picture = pictures::gradient(41, 1, 1);
  auto mirrored = picture;
  std::reverse(mirrored.pixels.begin(), mirrored.pixels.end());
  for (int width : {3, 8, 40, 97}) {
    auto const a = io::resize(picture, width, 1), b = io::resize(mirrored, width, 1);
    ASSERT_TRUE(a && b);
    for (std::size_t i = 0; i < a->pixels.size(); ++i) {
      EXPECT_NEAR(a->pixels[i], b->pixels[a->pixels.size() - 1 - i], 1) << width;
    }
  }
}

TEST(resize, works_for_every_pair_of_small_sizes) {
  for (int from = 1; from <= 40; ++from) {
    auto const picture = pictures::gradient(from, 2);
    for (int to = 1; to <= 40; ++to) {
      EXPECT_TRUE(io::resize(picture, to, 3));
      EXPECT_TRUE(io::resize(picture, to, 3, {.policy = resize_policy::stretch}));
    }
  }
}

TEST(resize, refuses_what_makes_no_sense) {
  auto const picture = pictures::gradient(4, 4);
  EXPECT_EQ(io::resize(picture, 0, 4).error().code, errc::wrong_argument);
  EXPECT_EQ(io::resize(picture, 4, -1).error().code, errc::wrong_argument);
  EXPECT_EQ(io::resize(picture, 60'000, 60'000).error().code, errc::wrong_argument);
  EXPECT_EQ(io::resize(picture, 2, 2, {.fraction = 0.0}).error().code, errc::wrong_argument);
  EXPECT_EQ(io::resize(picture, 2, 2, {.fraction = 1.5}).error().code, errc::wrong_argument);
  EXPECT_EQ(io::resize(io::image{4, 4, 3, {}}, 2, 2).error().code, errc::wrong_argument);
}

}  // namespace
