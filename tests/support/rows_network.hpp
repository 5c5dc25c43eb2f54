// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <linnet/graph/builder.hpp>
#include <linnet/runtime/model.hpp>

#include "random_weights.hpp"

// A small constant network for every way to plan memory: its models give the bytes of layer by layer.
namespace support {

/// A residual, a pool that folds, a mean; every row has a multiple of 8 bytes.
constexpr auto rows_network() {
  linnet::graph_builder g;
  auto const x =
      g.input({.height = 12, .width = 8, .channels = 4, .type = linnet::s8, .quantization = {0.5f, 0}});
  auto const a = g.conv2d(x, {.filters = 8, .kernel = {3, 3}});
  auto const b = g.conv2d(g.conv2d(a, {.filters = 16, .kernel = {3, 3}}), {.filters = 8});
  auto const pooled = g.max_pool2d(g.add(a, b, {}), {});
  return g.finish(g.global_average_pool(g.conv2d(pooled, {.filters = 8, .kernel = {3, 3}})));
}
inline constexpr auto rows_graph = linnet::compose<rows_network>();
inline linnet::weights_for<rows_graph> rows_weights;

/// Fills an input of the network, elements [first, first + size) of it.
inline void fill_input(std::span<std::int8_t> elements, std::size_t first, std::uint64_t seed) {
  for (std::size_t i = 0; i < elements.size(); ++i)
    elements[i] = static_cast<std::int8_t>((first + i) * (37 + seed) % 251);
}

/// What a model makes of an input, whose rows it may ask for.
template <class Model>
std::vector<std::int8_t> output_of(Model& m, std::uint64_t seed) {
  if constexpr (requires { m.run(); }) {
    fill_input(m.input().elements(), 0, seed);
    m.run();
  } else {
    std::int32_t wanted = 0;
    m.run([&](std::int32_t y, std::span<std::int8_t> row) {
      EXPECT_EQ(y, wanted++);
      fill_input(row, static_cast<std::size_t>(y) * row.size(), seed);
    });
    EXPECT_EQ(wanted, 12);
  }
  auto const made = m.output().elements();
  return {made.begin(), made.end()};
}

/// Layer by layer. It packs the weights that every model of the network uses: ask it before they run.
inline std::vector<std::int8_t> wanted_output(std::uint64_t seed) {
  pack_random_weights<rows_graph>(rows_weights.bytes, 5);
  static linnet::model<rows_graph, rows_weights> layers;
  auto const made = output_of(layers, seed);
  EXPECT_FALSE(std::ranges::all_of(made, [&](std::int8_t value) { return value == made[0]; }))
      << "it says nothing";
  return made;
}

}  // namespace support
