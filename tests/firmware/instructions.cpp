// SPDX-License-Identifier: MIT
// What running by rows costs: instructions of one inference, layer by layer, with the least memory, and with
// the input streamed. The same work is done in pieces: at most 1 % more.
#include <cstddef>
#include <cstdint>
#include <span>

#include <linnet/runtime/model.hpp>

#include "board.hpp"
#include "instruction_counter.hpp"
#include "network.hpp"  // one image a network: which one, CMakeLists.txt says
#include "random_bytes.hpp"

namespace {

using linnet::memory_policy;

template <linnet::plan_options Options>
using planned = linnet::model<network::graph, network::weights, Options, linnet::arch::scalar>;

planned<{}> by_layers;
planned<{.policy = memory_policy::least_memory}> by_rows;
planned<{.policy = memory_policy::least_memory, .stream_input = true}> streamed;

/// Any image: a camera sends it line by line, and for the others it lies in the arena.
class image {
 public:
  template <class Element>
  void operator()(std::int32_t, std::span<Element> line) {
    for (Element& value : line) value = static_cast<Element>(next_.next());
  }

 private:
  random_bytes next_{2026};
};

bool same(auto const& a, auto const& b) {
  bool equal = a.size() == b.size();
  for (std::size_t i = 0; equal && i < a.size(); ++i) equal = a.data()[i] == b.data()[i];
  return equal;
}

int failures = 0;
void expect(bool holds, char const* otherwise) {
  if (holds) return;
  board::print(otherwise);
  ++failures;
}

template <class Network, class... Source>
std::uint32_t count(char const* plan, Network& net, Source... source) {
  std::uint32_t const instructions = instruction_counter::count([&] { net.run(source...); });
  board::print(plan);
  board::print_decimal(instructions);
  board::print(" instructions, ");
  board::print_decimal(static_cast<std::uint32_t>(Network::arena_bytes));
  board::print(" bytes of arena\n");
  expect(instructions != instruction_counter::too_many,
         "FAILED: more instructions than the counter counts\n");
  return instructions;
}

}  // namespace

int main() {
  expect(instruction_counter::is_exact(), "FAILED: no instructions are counted (qemu's -icount shift=0)\n");
  image{}(0, by_layers.input().elements());
  image{}(0, by_rows.input().elements());
  std::uint32_t const layers = count("layer_by_layer          ", by_layers);
  std::uint32_t const rows = count("least_memory            ", by_rows);
  std::uint32_t const stream = count("least_memory, streamed  ", streamed, image{});  // with the camera's
  std::uint32_t const most = layers + layers / 100;
  expect(rows <= most && stream <= most, "FAILED: more than 1.01 times the instructions\n");
  expect(same(by_layers.output(), by_rows.output()) && same(by_layers.output(), streamed.output()),
         "FAILED: the outputs differ\n");
  return failures == 0 ? 0 : 1;
}
