// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/io/slice_range.hpp>

namespace {

using namespace linnet;

/// Python's range(*slice(begin, end, step).indices(extent)), index by index.
std::vector<std::int64_t> numpy(std::int64_t extent, io::slice_range r) {
  std::vector<std::int64_t> taken;
  auto const wrapped = [&](std::int64_t at) { return at < 0 ? at + extent : at; };
  std::int64_t at = wrapped(r.begin), end = wrapped(r.end);
  if (r.step > 0) {
    for (at = std::max<std::int64_t>(at, 0); at < std::min(end, extent); at += r.step) taken.push_back(at);
  } else {
    for (at = std::min(at, extent - 1); at > std::max<std::int64_t>(end, -1); at += r.step)
      taken.push_back(at);
  }
  return taken;
}

TEST(slice_range, takes_what_numpy_takes) {
  int sliced = 0, refused = 0;
  for (std::int32_t extent : {1, 2, 5}) {
    for (std::int64_t begin = -8; begin < 8; ++begin) {
      for (std::int64_t end = -8; end < 8; ++end) {
        for (std::int64_t step : {-3, -1, 1, 2}) {
          node n = io::whole_slice(1);
          auto const set = io::set_slice(n, 0, extent, {begin, end, step});
          auto const wanted = numpy(extent, {begin, end, step});
          ASSERT_EQ(set.has_value(), !wanted.empty())
              << begin << ":" << end << ":" << step << " of " << extent;
          if (!set) {
            EXPECT_EQ(set.error().code, errc::not_supported);
            ++refused;
            continue;
          }
          ++sliced;
          std::vector<std::int64_t> taken;
          std::int32_t const first = n.padding[0].before, last = extent - 1 - n.padding[0].after;
          for (std::int64_t at = step > 0 ? first : last; at >= first && at <= last; at += step)
            taken.push_back(at);
          ASSERT_EQ(taken, wanted) << begin << ":" << end << ":" << step << " of " << extent;
          EXPECT_EQ(io::sliced({extent}, n), shape{static_cast<std::int32_t>(taken.size())});
        }
      }
    }
  }
  EXPECT_GT(sliced, 500);
  EXPECT_GT(refused, 500);
}

TEST(slice_range, refuses_steps_that_make_no_sense) {
  node n = io::whole_slice(1);
  EXPECT_EQ(io::set_slice(n, 0, 4, {0, 4, 0}).error().message, "dimension 0: a step of 0");
  EXPECT_FALSE(io::set_slice(n, 0, 4, {0, 4, std::numeric_limits<std::int64_t>::min()}));
  ASSERT_TRUE(io::set_slice(n, 0, 4, {-1, -9, -(std::int64_t{1} << 40)}));
  EXPECT_EQ(n.axes[0], 1) << "one entry, the last";
  EXPECT_EQ(n.padding[0], (edge_padding{3, 0}));
}

}  // namespace
