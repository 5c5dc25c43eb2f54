// SPDX-License-Identifier: MIT
// libFuzzer: arbitrary bytes as a .tflite file. Sanitizers and libFuzzer's own limits are the judges, and
// what is checked here: an error names the file, a network that was read is valid and its constants can be
// read.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include <linnet/graph/validate.hpp>
#include <linnet/io/tflite/reader.hpp>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// What a program does with a network that was read: the place to go on to whatever takes one.
void use(linnet::network const& network) {
  auto const graph = network.graph.view();
  auto const made = std::make_unique<bool[]>(graph.tensors.size());
  require(linnet::validate(graph, {made.get(), graph.tensors.size()}).has_value());
  require(network.constants.size() == graph.tensors.size());
  unsigned volatile sum = 0;
  for (auto const& constant : network.constants) {
    for (std::byte b : constant) sum = sum + std::to_integer<unsigned>(b);
  }
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
