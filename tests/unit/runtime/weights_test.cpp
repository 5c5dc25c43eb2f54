// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/runtime/weights.hpp>

#include "support/rows_network.hpp"

namespace {

using namespace linnet;
using enum kernels::packed_layout;

/// A constant of 16 bytes that is read as it is, three streams, another constant.
constexpr blob_layout<3> whole{
    .bytes = 128, .streams = {{{tap_planes, 16, 32}, {channel_records, 48, 24}, {zero_pixel, 88, 8}}}};

TEST(has_same_streams, wherever_they_lie) {
  blob_layout<3> parted = whole;
  parted.streams[1] = {channel_records, 0, 24, true};
  EXPECT_TRUE(has_same_streams(whole, parted));
  parted.streams[1].bytes = 16;
  EXPECT_FALSE(has_same_streams(whole, parted));
  parted = whole;
  parted.streams[2].layout = tap_planes;
  EXPECT_TRUE(has_same_streams(whole, parted)) << "an older kernel's stream may take the place of another";
  parted = whole;
  parted.bytes = 120;
  EXPECT_FALSE(has_same_streams(whole, parted));
  EXPECT_FALSE(has_same_streams(whole, blob_layout<2>{128, {{whole.streams[0], whole.streams[1]}}}));
  EXPECT_TRUE(has_same_streams(blob_layout<0>{}, blob_layout<0>{}));
}

/// Moves the bytes one by one, as whoever splits a blob does: no byte is lost, none is in two places.
TEST(place_in_blob, finds_every_byte_of_a_blob_in_two_parts) {
  for (unsigned chosen = 0; chosen < 8; ++chosen) {
    blob_layout<3> parted = whole;
    std::vector<std::int64_t> parts[2];  // which byte of the whole lies where
    for (std::int64_t byte = 0, i = 0; byte < whole.bytes; ++byte) {
      while (i < 3 && byte >= whole.streams[static_cast<std::size_t>(i)].offset +
                                  whole.streams[static_cast<std::size_t>(i)].bytes)
        ++i;
      bool const inside = i < 3 && byte >= whole.streams[static_cast<std::size_t>(i)].offset;
      bool const fast = inside && (chosen >> i & 1) != 0;
      if (inside && byte == whole.streams[static_cast<std::size_t>(i)].offset) {
        packed_stream& stream = parted.streams[static_cast<std::size_t>(i)];
        stream.fast = fast;
        stream.offset = std::ssize(parts[fast ? 1 : 0]);
      }
      parts[fast ? 1 : 0].push_back(byte);
    }
    for (std::int64_t byte = 0; byte < whole.bytes; ++byte) {
      blob_place const at = place_in_blob(whole, parted, byte);
      auto const& part = parts[at.fast ? 1 : 0];
      ASSERT_LT(at.offset, std::ssize(part)) << "byte " << byte;
      EXPECT_EQ(part[static_cast<std::size_t>(at.offset)], byte) << "parts " << chosen;
    }
  }
}

TEST(stream_count, of_calls_that_read_something) {
  std::vector<planned_call> calls(4);
  EXPECT_EQ(stream_count(calls), 0u);
  calls[1].packed_bytes = 8;
  calls[3].packed_bytes = 16;
  EXPECT_EQ(stream_count(calls), 2u);
}

TEST(weights_layout, streams_follow_each_other_in_the_order_of_the_calls) {
  constexpr auto const& layout = weights_layout<support::rows_graph>;
  std::int64_t at = 0;
  for (packed_stream const& stream : layout.streams) {
    EXPECT_EQ(stream.offset, at);
    EXPECT_FALSE(stream.fast);
    EXPECT_GT(stream.bytes, 0);
    at += stream.bytes;
  }
  EXPECT_EQ(layout.bytes, at);
  EXPECT_EQ(layout.streams.size(), 4u) << "of convolutions";
}

/// A model whose busiest weights lie in a part of their own, as generated files have them.
struct split_blob {
  static constexpr auto const& all = weights_layout<support::rows_graph>;
  static constexpr std::size_t moved = 2;
  static constexpr std::size_t size = static_cast<std::size_t>(all.bytes - all.streams[moved].bytes),
                               fast_size = static_cast<std::size_t>(all.streams[moved].bytes);
  alignas(weights_alignment) static inline std::byte bytes[size]{};
  alignas(weights_alignment) static inline std::byte fast_bytes[fast_size]{};
  static constexpr auto layout = [] {
    auto made = all;
    made.streams[moved] = {all.streams[moved].layout, 0, all.streams[moved].bytes, true};
    for (std::size_t i = moved + 1; i < made.streams.size(); ++i)
      made.streams[i].offset -= all.streams[moved].bytes;
    return made;
  }();
};
constexpr packed_weights<split_blob::size, split_blob::layout.streams.size(), split_blob::fast_size> split{
    .bytes = split_blob::bytes,
    .format = weights_format,
    .hash = 0,
    .layout = split_blob::layout,
    .fast_bytes = split_blob::fast_bytes};

TEST(packed_weights, a_model_reads_both_parts) {
  constexpr static plan_options least{.policy = memory_policy::least_memory};
  auto const want = support::wanted_output(3);
  std::byte* slow = split_blob::bytes;
  for (std::size_t i = 0; i < split_blob::all.streams.size(); ++i) {
    packed_stream const& stream = split_blob::all.streams[i];
    std::byte*& to = slow;
    std::byte const* const from = support::rows_weights.bytes + stream.offset;
    if (i == split_blob::moved) {
      std::copy_n(from, stream.bytes, split_blob::fast_bytes);
    } else {
      to = std::copy_n(from, stream.bytes, to);
    }
  }
  static model<support::rows_graph, split> layers;
  static model<support::rows_graph, split, least> rows;
  EXPECT_EQ(support::output_of(layers, 3), want);
  EXPECT_EQ(support::output_of(rows, 3), want);
}

}  // namespace
