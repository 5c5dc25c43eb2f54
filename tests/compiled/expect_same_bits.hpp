// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/runtime/model.hpp>

#include "session_run.hpp"
#include "support/random_source.hpp"

namespace compiled {

/// Noise that uses the whole range of integers, and floats of an image's size.
template <class T>
void fill(std::span<T> elements, support::random_source& random) {
  for (T& element : elements) {
    if constexpr (std::is_floating_point_v<T>) {
      element = static_cast<T>(random.real(-2, 2));
    } else {
      element = static_cast<T>(random.bits());
    }
  }
}

template <class Model, std::size_t... I>
std::vector<std::vector<std::byte>> fill_inputs(Model& m, std::uint64_t seed, std::index_sequence<I...>) {
  support::random_source random(seed);
  std::vector<std::vector<std::byte>> copies;
  auto const fill_one = [&](auto view) {
    fill(view.elements(), random);
    auto const bytes = std::as_bytes(view.elements());
    copies.emplace_back(bytes.begin(), bytes.end());
  };
  (fill_one(m.template input<I>()), ...);
  return copies;
}

inline std::vector<std::byte> bytes_of_rows(linnet::observed_rows const& made) {
  std::vector<std::byte> bytes;
  for (std::int32_t y = 0; y < made.count; ++y) {
    for (std::int32_t x = 0; x < made.image.width; ++x)
      bytes.insert(bytes.end(), made.pixel(y, x), made.pixel(y, x) + made.pixel_bytes());
  }
  return bytes;
}

/// A generated header against the model (a name, or a network) that it was made of: every node, twice, and
/// the bytes needed.
template <auto const& Graph, auto const& Weights, class Model>
void expect_same_bits(Model const& model) {
  static linnet::model<Graph, Weights> m;
  ASSERT_EQ(reinterpret_cast<std::uintptr_t>(Weights.bytes) % linnet::weights_alignment, 0u);
  for (std::uint64_t seed : {1u, 2u}) {
    auto const inputs = fill_inputs(m, seed, std::make_index_sequence<decltype(m)::input_count>{});
    auto const want = run_session(model, inputs);
    ASSERT_TRUE(want.has_value()) << want.error().message;
    EXPECT_EQ(static_cast<std::int64_t>(m.arena_bytes), want->arena_bytes);
    EXPECT_EQ(static_cast<std::int64_t>(m.weights_bytes), want->packed_bytes);
    ASSERT_EQ(m.node_count, want->nodes.size());
    std::size_t nodes = 0;
    m.run([&](linnet::observed_rows const& made) {
      ++nodes;
      auto const& node = want->nodes[made.node];
      EXPECT_TRUE(bytes_of_rows(made) == node) << "node " << made.node;
      EXPECT_FALSE(std::ranges::all_of(node, [&](std::byte b) { return b == node[0]; }))
          << "node " << made.node << " says nothing: all its bytes are the same";
    });
    EXPECT_EQ(nodes, m.node_count);
    EXPECT_TRUE(std::ranges::equal(std::as_bytes(m.output().elements()), want->outputs[0]));
  }
}

}  // namespace compiled
