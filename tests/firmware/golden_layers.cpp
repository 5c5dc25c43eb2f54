// SPDX-License-Identifier: MIT
// A real network on a board: one of MLPerf Tiny's as linnet_add_model compiles it, every operator's output
// held against what TensorFlow Lite Micro's reference kernels made of the same inputs; and its outputs for
// some real samples of its task, held against the host's.
#include <cstdint>

#include <linnet/runtime/model.hpp>

#include "board.hpp"
#include "expected_layers.hpp"  // for each sample: its seed, and the first 64 bits of each operator's SHA-256
#include "network.hpp"          // one image a network: which one, CMakeLists.txt says
#include "random_bytes.hpp"
#include "sample_file.hpp"
#include "support/sha256.hpp"

extern "C" std::byte const linnet_samples[];

namespace {

linnet::model<network::graph, network::weights> net;

void fill_input(std::uint32_t seed) {
  random_bytes next(seed);
  for (std::int8_t& value : net.input().elements()) value = next.next();
}

std::uint64_t digest(linnet::observed_rows const& made) {
  support::sha256 sum;
  for (std::int32_t y = 0; y < made.count; ++y) {
    for (std::int32_t x = 0; x < made.image.width; ++x) {
      for (std::int64_t i = 0; i < made.pixel_bytes(); ++i) sum.add(made.pixel(y, x)[i]);
    }
  }
  return sum.first_bits();
}

/// How many of the real samples come out wrong.
int wrong_samples() {
  auto const file = linnet::load<sample_file_header>(linnet_samples);
  std::byte const* input = linnet_samples + sizeof file;
  std::byte const* wanted = input + file.samples * file.input_bytes;
  if (net.input().elements().size_bytes() != file.input_bytes) return 1;
  int wrong = 0;
  for (std::uint32_t i = 0; i < file.samples; ++i, input += file.input_bytes, wanted += file.output_bytes) {
    linnet::copy_bytes(reinterpret_cast<std::byte*>(net.input().elements().data()), input, file.input_bytes);
    net.run();
    auto const* const made = reinterpret_cast<std::byte const*>(net.output().elements().data());
    bool same = net.output().elements().size_bytes() == file.output_bytes;
    for (std::uint32_t k = 0; same && k < file.output_bytes; ++k) same = made[k] == wanted[k];
    if (same) continue;
    board::print("differs for sample ");
    board::print(i);
    board::print("\n");
    ++wrong;
  }
  board::print(wrong == 0 ? "all samples exact\n" : "samples NOT exact\n");
  return file.samples > 0 ? wrong : 1;
}

}  // namespace

int main() {
  static_assert(decltype(net)::node_count == expected_operators);
  int wrong = 0;
  for (expected_sample const& sample : expected_samples) {
    fill_input(sample.seed);
    net.run([&](linnet::observed_rows const& made) {
      if (digest(made) == sample.operators[made.node]) return;
      board::print("differs at operator ");
      board::print(static_cast<std::uint32_t>(made.node));
      board::print("\n");
      ++wrong;
    });
  }
  board::print(wrong == 0 ? "all operators exact\n" : "NOT exact\n");
  wrong += wrong_samples();
  return wrong == 0 ? 0 : 1;
}
