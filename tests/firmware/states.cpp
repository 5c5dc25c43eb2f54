// SPDX-License-Identifier: MIT
// A generated graph with states on a core: they live on from run to run, begin at their zero point, and are
// read before they are replaced, layer by layer and by rows.
#include <array>
#include <cstddef>
#include <cstdint>

#include <states.hpp>

#include <linnet/runtime/model.hpp>

#include "board.hpp"
#include "random_bytes.hpp"

namespace {

linnet::weights_for<states::graph, linnet::arch::scalar> no_weights;

template <linnet::plan_options Planning>
using network = linnet::model<states::graph, no_weights, Planning, linnet::arch::scalar>;
network<linnet::plan_options{}> layers;
network<linnet::plan_options{.policy = linnet::memory_policy::least_memory}> rows;

constexpr std::int8_t zero = 3;
using image = std::array<std::int8_t, 32>;

constexpr image zeros() {
  image made{};
  for (std::int8_t& element : made) element = zero;
  return made;
}

/// How many elements of all outputs are wrong in eight steps after a reset.
template <class Network>
int wrong_elements(Network& net, std::uint32_t seed) {
  net.reset();
  random_bytes next(seed);
  image recent = zeros(), older = zeros(), peak = zeros();
  int wrong = 0;
  for (int step = 0; step < 8; ++step) {
    image x{};
    for (std::size_t i = 0; i < x.size(); ++i) {
      net.input().data()[i] = x[i] = next.next();
      if (x[i] > peak[i]) peak[i] = x[i];
    }
    net.run();
    for (std::size_t i = 0; i < x.size(); ++i) {
      wrong += net.output().data()[i] != older[i] ? 1 : 0;
      wrong += net.template output<1>().data()[i] != peak[i] ? 1 : 0;
    }
    older = recent;
    recent = x;
  }
  return wrong;
}

}  // namespace

int main() {
  int wrong = 0;
  for (std::uint32_t seed = 1; seed < 4; ++seed)
    wrong += wrong_elements(layers, seed) + wrong_elements(rows, seed);
  board::print(wrong == 0 ? "all steps exact\n" : "NOT exact\n");
  return wrong == 0 ? 0 : 1;
}
