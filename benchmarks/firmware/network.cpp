// SPDX-License-Identifier: MIT
// The network as firmware has it; what else an image needs to measure it goes to the section .harness.
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <measured.hpp>  // made by linnet_add_model

#include <linnet/runtime/model.hpp>

#include "subject.hpp"

namespace {

using network = linnet::model<measured::graph, measured::weights, measured::planning>;
network net;

template <class Network>
concept TakesRows = !requires(Network & n) {
  n.run();
};

template <class Network>
void run_once(Network& n) {
  if constexpr (TakesRows<Network>) {
    n.run([]<class Element>(std::int32_t, std::span<Element> row) {
      harness::read(row.data(), row.size_bytes());
    });
  } else {
    n.run();
  }
}

template <class Network>
[[gnu::always_inline]] inline void read_all(Network& n) {
  if constexpr (!TakesRows<Network>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (harness::read(n.template input<I>().data(),
                     sizeof(*n.template input<I>().data()) * n.template input<I>().size()),
       ...);
    }
    (std::make_index_sequence<Network::input_count>{});
  }
}

template <class Network>
[[gnu::always_inline]] inline void write_all(Network& n) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (harness::write(n.template output<I>().data(),
                    sizeof(*n.template output<I>().data()) * n.template output<I>().size()),
     ...);
  }
  (std::make_index_sequence<Network::output_count>{});
}

}  // namespace

[[gnu::section(".harness")]] void subject::read_inputs() { read_all(net); }
void subject::run() { run_once(net); }
[[gnu::section(".harness")]] void subject::write_outputs() { write_all(net); }
