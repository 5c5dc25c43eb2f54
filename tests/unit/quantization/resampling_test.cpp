// SPDX-License-Identifier: MIT
#include <limits>

#include <gtest/gtest.h>

#include <linnet/quantization/resampling.hpp>

namespace {

using namespace linnet;

// Found by fuzz.graph: the place was cast to an integer that does not hold it.
TEST(nearest_of, stated_scales_of_any_size) {
  using limits = std::numeric_limits<float>;
  for (float stated : {1e-30f, limits::denorm_min(), 1e30f, limits::max(), limits::infinity()}) {
    resized_extent const e{.input = 5, .output = 7, .stated = stated};
    for (sampling where : {sampling::corner, sampling::center}) {
      for (nearest_entry nearest : {nearest_entry::below, nearest_entry::half_down, nearest_entry::half_up}) {
        resampling const r{.sampling = where, .nearest = nearest};
        EXPECT_EQ(nearest_of(e, r, 6), stated < 1.0f ? 4 : 0) << static_cast<double>(stated);
      }
    }
  }
}

}  // namespace
