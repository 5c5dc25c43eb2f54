// SPDX-License-Identifier: MIT
// MobileNetV2 0.35 at 96x96 behind a camera: rows come when the network asks for them and are kept nowhere
// else. All of its memory is a region of 17,000 bytes; layer by layer it needs 138,240. Every operator makes
// the host's bits.
#include <cstdint>
#include <span>

#include <mobilenet_v2_96.hpp>
#include <mobilenet_v2_96_host.hpp>

#include <linnet/runtime/model.hpp>

#include "board.hpp"
#include "expected.hpp"
#include "random_bytes.hpp"
#include "regions.hpp"

namespace {

using network = linnet::model_in<mobilenet_v2_96::graph, mobilenet_v2_96::weights, mobilenet_v2_96::planning,
                                 linnet::arch::scalar>;

static_assert(network::arena_bytes < 17'000);
static_assert(linnet::plan_of<mobilenet_v2_96::graph, linnet::arch::scalar>.arena_bytes == 138'240);

/// Lines as a sensor sends them: the generator cannot go back.
class camera {
 public:
  void operator()(std::int32_t row, std::span<std::int8_t> line) {
    in_order_ = in_order_ && row == rows_++;
    for (std::int8_t& value : line) value = next_.next();
  }
  [[nodiscard]] bool complete() const { return in_order_ && rows_ == 96; }

 private:
  random_bytes next_{mobilenet_v2_96_host::seed};
  std::int32_t rows_ = 0;
  bool in_order_ = true;
};

alignas(linnet::arena_alignment) [[gnu::section(".arena")]] std::byte arena[network::arena_bytes];
expected::digests<network::node_count> made;

}  // namespace

int main() {
  network net = regions::place<network>(arena);
  camera lines;
  net.run(lines, made);
  int const wrong = made.differences(mobilenet_v2_96_host::operators) + (lines.complete() ? 0 : 1);
  board::print(wrong == 0 ? "all operators exact\n" : "NOT exact\n");
  return wrong == 0 ? 0 : 1;
}
