// SPDX-License-Identifier: MIT
// The instructions of each node, layer by layer: an observer reads the counter when a node is done.
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <measured.hpp>  // made by linnet_add_model

#include <linnet/runtime/model.hpp>

#include "host_files.hpp"
#include "instruction_counter.hpp"
#include "report.hpp"

namespace {

using network = linnet::model<measured::graph, measured::weights>;
network net;

class laps {
 public:
  void operator()(linnet::observed_rows const& made) {
    std::uint32_t const now = instruction_counter::ticks();
    ticks_[made.node] = now - last_;
    last_ = now;
  }
  void start() {
    instruction_counter::start();
    last_ = instruction_counter::ticks();
  }
  [[nodiscard]] std::uint32_t of(std::size_t node) const { return ticks_[node]; }

 private:
  std::array<std::uint32_t, network::node_count> ticks_{};
  std::uint32_t last_ = 0;
};
laps measured_laps;

/// What watching a node takes, in instructions: the observer alone, called as the network calls it.
std::uint32_t cost_of_watching() {
  constexpr std::uint32_t rounds = 1000, loop = 2;  // counting down, branching
  std::uint32_t const taken = instruction_counter::count([] {
    for (std::uint32_t i = 0; i < rounds; ++i) measured_laps(linnet::observed_rows{});
  });
  return taken / rounds - loop;
}

template <std::size_t... I>
void read_inputs(std::index_sequence<I...>) {
  host_file const input("input.bin", host_file::mode::read);
  (input.read(net.input<I>().data(), sizeof(*net.input<I>().data()) * net.input<I>().size()), ...);
  input.close();
}

}  // namespace

int main() {
  report::require_exact_counter();
  std::uint32_t const watching = cost_of_watching();
  report::figure("watching", watching);
  read_inputs(std::make_index_sequence<network::input_count>{});
  measured_laps.start();
  net.run(measured_laps);
  if (instruction_counter::has_ended()) report::too_many_instructions();
  for (std::size_t node = 0; node < network::node_count; ++node) {
    std::uint32_t const taken = instruction_counter::instructions_of(measured_laps.of(node));
    report::figure("node", taken > watching ? taken - watching : 0);
  }
  return 0;
}
