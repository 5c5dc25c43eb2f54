// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <linnet/kernels/pack.hpp>
#include <linnet/runtime/weights.hpp>

#include "random_values.hpp"

namespace support {

/// Random weights of an int8 graph without biases, packed as the kernels read them; of device rooms only.
template <auto const& Graph>
void pack_random_weights(std::byte* bytes, std::uint64_t seed) {
  using namespace linnet;
  graph_view const g = Graph.view();
  random_source random(seed);
  for (planned_call const& call : detail::packed_plan<Graph, arch::native>.planned_calls()) {
    node const& n = g.nodes[static_cast<std::size_t>(call.node)];
    if (call.packed_bytes == 0 || n.inputs.count != 3) continue;
    auto const elements = [&](std::size_t i) {
      return static_cast<std::size_t>(g.input(n, i).shape.elements());
    };
    auto const weights = random_elements(random, s8, elements(1));
    std::vector<std::byte> const bias(4 * elements(2));
    float const scale = g.input(n, 1).quantization.scale;
    kernels::constants const from{.weights = weights, .bias = bias, .weight_scales = {&scale, 1}};
    auto const packed = lower(g, n, [&]<class P>(P const& p, kernel_call const&) {
      kernels::with_tag<arch::native, P>(kernels::select<arch::native>(p), [&](auto tag) {
        (void)kernels::pack_stream(p, from, bytes + call.packed_offset, tag);
      });
      return expected<void, graph_error>{};
    });
    ASSERT_TRUE(packed.has_value());
  }
}

}  // namespace support
