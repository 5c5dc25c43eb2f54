// SPDX-License-Identifier: MIT
#include <digits.hpp>

#include <linnet/runtime/model.hpp>

using network = linnet::model<digits::graph, digits::weights, digits::planning>;
static_assert(network::arena_bytes <= 8 * 1024);

static network net;

int main() {
  for (auto& pixel : net.input().elements()) pixel = 1;
  net.run();
  int sum = 0;  // of the probabilities, 256 to the unit
  for (auto const score : net.output().elements()) sum += score + 128;
  return sum >= 250 && sum <= 262 ? 0 : 1;
}
