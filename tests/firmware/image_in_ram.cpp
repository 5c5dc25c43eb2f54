// SPDX-License-Identifier: MIT
// MobileNetV2 1.0 at 224x224: a network whose tensors need 1.5 MB layer by layer, in an arena of the linker
// script's that has 256 KB, image included. Every operator makes the host's bits.
#include <cstdint>

#include <mobilenet_v2_224.hpp>
#include <mobilenet_v2_224_host.hpp>

#include <linnet/runtime/model.hpp>

#include "board.hpp"
#include "expected.hpp"
#include "random_bytes.hpp"
#include "regions.hpp"

namespace {

using network = linnet::model_in<mobilenet_v2_224::graph, mobilenet_v2_224::weights,
                                 mobilenet_v2_224::planning, linnet::arch::scalar>;

static_assert(network::arena_bytes <= 256 * 1024);
static_assert(linnet::plan_of<mobilenet_v2_224::graph, linnet::arch::scalar>.arena_bytes > 1'500'000);

alignas(linnet::arena_alignment) [[gnu::section(".arena")]] std::byte arena[network::arena_bytes];
expected::digests<network::node_count> made;

}  // namespace

int main() {
  network net = regions::place<network>(arena);
  random_bytes next(mobilenet_v2_224_host::seed);
  for (std::int8_t& value : net.input().elements()) value = next.next();
  net.run(made);
  int const wrong = made.differences(mobilenet_v2_224_host::operators);
  board::print(wrong == 0 ? "all operators exact\n" : "NOT exact\n");
  return wrong == 0 ? 0 : 1;
}
