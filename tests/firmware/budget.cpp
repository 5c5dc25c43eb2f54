// SPDX-License-Identifier: MIT
// What one inference costs on this core, pinned: instructions to one in a hundred, arena to the byte. A
// change that costs changes the numbers in CMakeLists.txt in the same commit.
#include <cstdint>

#include <linnet/runtime/model.hpp>

#include "board.hpp"
#include "instruction_counter.hpp"
#include "network.hpp"  // one image a network: which one, CMakeLists.txt says
#include "random_bytes.hpp"

namespace {

linnet::model<network::graph, network::weights> net;
constexpr std::uint32_t pinned = LINNET_PINNED_INSTRUCTIONS;

}  // namespace

int main() {
  static_assert(decltype(net)::arena_bytes == LINNET_PINNED_ARENA);
  if (!instruction_counter::is_exact()) {
    board::print("FAILED: no instructions are counted (qemu's -icount shift=0)\n");
    return 1;
  }
  random_bytes next(2026);
  for (auto& value : net.input().elements()) value = next.next();
  std::uint32_t const counted = instruction_counter::count([] { net.run(); });
  board::print_decimal(counted);
  board::print(" instructions; pinned: ");
  board::print_decimal(pinned);
  board::print("\n");
  bool const holds = counted != instruction_counter::too_many && counted >= pinned - pinned / 100 &&
                     counted <= pinned + pinned / 100;
  return holds ? 0 : 1;
}
