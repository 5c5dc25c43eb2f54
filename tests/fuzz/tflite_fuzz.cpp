// SPDX-License-Identifier: MIT
// libFuzzer: arbitrary bytes as a .tflite file. Sanitizers and libFuzzer's own limits are the judges, and
// what is checked here: an error names the file, a network that was read is valid, its constants can be read,
// and what a session accepts of it runs.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include <linnet/graph/validate.hpp>
#include <linnet/io/tflite/reader.hpp>
#include <linnet/session/session.hpp>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// A bound on the elementary steps of one run: every output element reads at most its window of its operands.
double work_of(linnet::graph_view const& g) {
  double sum = 0;
  for (linnet::node const& n : g.nodes) {
    double taps = 1;
    if (n.inputs.count > 1 && g.input(n, 1).role == linnet::tensor_role::constant) {
      taps = static_cast<double>(g.input(n, 1).shape.elements());
    }
    taps *= static_cast<double>(n.window.kernel.height) * n.window.kernel.width;
    sum += static_cast<double>(g.output(n).shape.elements() + g.input(n).shape.elements()) * taps;
  }
  return sum;
}

/// Makes the network ready and, where that takes no longer than a blink, runs it.
void run(linnet::network const& network) {
  auto session = linnet::session::create(network, {.rounding = {}, .memory_limit = 64 << 20});
  if (!session) {
    require(session.error().message.starts_with("fuzz.tflite: "));
    return;
  }
  require(session->arena_bytes() >= session->arena_lower_bound());
  if (work_of(session->graph()) > 1e6) return;
  for (std::size_t i = 0; i < session->input_count(); ++i) {
    for (std::byte& b : session->input(i).bytes) b = std::byte{0x7F};
  }
  session->run();
}

/// What a program does with a network that was read.
void use(linnet::network const& network) {
  auto const graph = network.graph.view();
  auto const made = std::make_unique<bool[]>(graph.tensors.size());
  require(linnet::validate(graph, {made.get(), graph.tensors.size()}).has_value());
  require(network.constants.size() == graph.tensors.size());
  unsigned volatile sum = 0;
  for (auto const& constant : network.constants) {
    for (std::byte b : constant) sum = sum + std::to_integer<unsigned>(b);
  }
  run(network);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const bytes = std::as_bytes(std::span(data, size));
  auto const read = linnet::io::tflite::read({bytes.begin(), bytes.end()}, "fuzz.tflite");
  if (read) {
    use(*read);
  } else {
    require(read.error().message.starts_with("fuzz.tflite: "));
  }
  return 0;
}
